/** Masks what may name a person or a machine: e-mail addresses, URLs and numbers of six and more digits. */
export function maskPersonal(text: string): string {
  return text
    .replace(/[^\s@<>"']{1,64}@[^\s@<>"']{1,255}\.[\p{L}]{2,}/gu, "<e-mail>")
    .replace(/(?:\b[a-z][a-z0-9+.-]{1,20}:\/\/|\bwww\.)[^\s<>"']+/giu, "<URL>")
    .replace(/\+?\p{Nd}(?:[ ().,:/-]{0,2}\p{Nd}){5,}/gu, "<number>");
}
