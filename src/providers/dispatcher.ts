import { Agent, type Dispatcher, EnvHttpProxyAgent, fetch as undiciFetch } from "undici";
import { UsageError } from "../errors.ts";

/** Proxy variables, in the order in which they are looked at; NO_PROXY is read by undici. */
const variables = {
  http: ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
  https: ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
} as const;

/**
 * Connections are kept open and as many as are asked for. How long an answer may take is the caller's affair: undici's own
 * limits of 300 seconds would end long answers whatever the configuration says.
 */
const connections = { headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 30_000 };

let direct: Dispatcher | null = null;
let proxied: { readonly settings: string; readonly dispatcher: Dispatcher } | null = null;

/**
 * The connections for a URL: through the proxy that `HTTP_PROXY`, `HTTPS_PROXY` or `ALL_PROXY` names (in either case;
 * plain HTTP is forwarded, HTTPS tunnelled), unless `NO_PROXY` lists the host. Loopback addresses are always reached
 * directly, as Go's tools do: a proxy's `127.0.0.1` is another machine.
 * @throws UsageError when a variable holds no HTTP proxy
 */
export function dispatcherFor(url: URL): Dispatcher {
  const httpProxy = isLoopback(url.hostname) ? null : proxyOf("http");
  const httpsProxy = isLoopback(url.hostname) ? null : proxyOf("https");
  if (httpProxy === null && httpsProxy === null) {
    direct ??= new Agent(connections);
    return direct;
  }
  const settings = `${httpProxy} ${httpsProxy}`;
  if (proxied?.settings !== settings)
    proxied = {
      settings,
      // An empty string keeps undici from reading the variables itself.
      dispatcher: new EnvHttpProxyAgent({
        ...connections,
        httpProxy: httpProxy ?? "",
        httpsProxy: httpsProxy ?? "",
        proxyTunnel: false,
      }),
    };
  return proxied.dispatcher;
}

/** `fetch` over the same connections: proxies as above, no limit of its own on time. */
export function proxiedFetch(input: string | URL, init: RequestInit = {}): Promise<Response> {
  const options = { ...init, dispatcher: dispatcherFor(new URL(input)) };
  return undiciFetch(input, options as never) as unknown as Promise<Response>;
}

/** @throws UsageError when a proxy variable is set that holds no HTTP proxy */
export function checkProxyVariables(): void {
  proxyOf("http");
  proxyOf("https");
}

/** The proxy variable that is set for a URL's scheme, or null; loopback addresses have none. */
export function proxyVariableFor(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname } = new URL(url);
  if (isLoopback(hostname)) return null;
  return variables[protocol === "https:" ? "https" : "http"].find(isSet) ?? null;
}

const isSet = (variable: string) => (process.env[variable] ?? "") !== "";

/** The proxy as a variable names it, with `http://` where it has no scheme; null where none is set. */
function proxyOf(scheme: keyof typeof variables): string | null {
  const name = variables[scheme].find(isSet);
  if (name === undefined) return null;
  const value = process.env[name] as string;
  const proxy = value.includes("://") ? value : `http://${value}`;
  const protocol = URL.canParse(proxy) ? new URL(proxy).protocol : null;
  if (protocol === "http:" || protocol === "https:") return proxy;
  // The value may hold a password and is not shown.
  throw new UsageError(
    "provider.proxy",
    `${name} names ${protocol === null ? "no URL" : `a ${protocol.slice(0, -1)} proxy`}: expected an HTTP proxy such as http://proxy.example:3128; change or unset ${name}, or list the endpoint in NO_PROXY`,
  );
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}
