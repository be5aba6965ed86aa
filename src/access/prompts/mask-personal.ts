import { isIPv6 } from "node:net";
import { replaceLongTokens } from "./long-tokens.ts";

const octet = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
const ipv4 = new RegExp(`(?<![\\p{L}\\p{N}.])(?:${octet}\\.){3}${octet}(?![\\p{L}\\p{N}]|\\.\\p{N})`, "gu");
const ipv6Like = /(?<![\p{L}\p{N}:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,8}(?:(?:\.\d{1,3}){3})?/giu;
/** Hardware addresses of six to eight bytes, and in three groups of four digits. */
const hardware =
  /(?<![\p{L}\p{N}])(?:[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4,6}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2})(?![\p{L}\p{N}])/giu;
const uuid =
  /(?<![\p{L}\p{N}])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\p{L}\p{N}])/giu;

/**
 * Masks what may name a person or a machine: e-mail addresses, URLs, IP and hardware addresses, UUIDs, keys and tokens (see
 * replaceLongTokens), and numbers of six and more digits. Names of people stay. A version of four parts passes for an address.
 */
export function maskPersonal(text: string): string {
  const masked = text
    .replace(/[^\s@<>"']{1,64}@[^\s@<>"']{1,255}\.[\p{L}]{2,}/gu, "<e-mail>")
    .replace(/(?:\b[a-z][a-z0-9+.-]{1,20}:\/\/|\bwww\.)[^\s<>"']+/giu, "<URL>")
    .replace(uuid, "<UUID>")
    .replace(hardware, "<address>")
    .replace(ipv6Like, maskIpv6)
    .replace(ipv4, "<address>");
  return replaceLongTokens(masked, "<token>").replace(/\+?\p{Nd}(?:[ ().,:/-]{0,2}\p{Nd}){5,}/gu, "<number>");
}

/**
 * Every address that is given to a machine begins with four digits, the first of them 2, 3 or f, or ends as IPv4 does:
 * times, `x[::2]` and `a::b` do not.
 */
function maskIpv6(found: string): string {
  const address = found.replace(/([^:]):$/u, "$1");
  const assigned = /^[23f][0-9a-f]{3}:/iu.test(address) || /\.\d+$/u.test(address);
  return assigned && /\d/.test(address) && isIPv6(address)
    ? `<address>${found.slice(address.length)}`
    : found;
}
