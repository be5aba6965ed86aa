/** What the server saw since it was last asked; moments are milliseconds since 1970. */
export interface ServerStats {
  requests: number;
  mostAtOnce: number;
  firstAt: number | null;
  lastAt: number | null;
}
