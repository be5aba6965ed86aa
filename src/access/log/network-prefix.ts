/**
 * SQL for the network of an IP address: the first three numbers of IPv4 (/24), the first three groups of IPv6 (/48), with
 * a port, brackets, a prefix length or an IPv4-mapped form left aside. What is no address comes back as it is, for it may
 * be hashed already.
 *
 * @param ip - SQL of a VARCHAR
 */
export function networkPrefix(ip: string): string {
  const text = `lower(trim(${ip}, ' []'))`;
  const groups = `string_split(split_part(${text}, '::', 1), ':')`;
  const padded = `list_resize(list_transform(${groups}, lambda part: ltrim(part, '0')), 3, '')`;
  return `CASE
    WHEN regexp_matches(${text}, '^(::ffff:)?[0-9]{1,3}([.][0-9]{1,3}){3}')
    THEN regexp_extract(${text}, '^(?:::ffff:)?([0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3})', 1) || '/24'
    WHEN regexp_matches(${text}, '^[0-9a-f]{0,4}:[0-9a-f:]*')
    THEN array_to_string(list_transform(${padded}, lambda part: coalesce(part, '')), ':') || '/48'
    ELSE ${text} END`;
}
