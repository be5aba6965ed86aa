import { expect, it } from "vitest";
import { maskPersonal } from "../../../src/access/prompts/mask-personal.ts";
import { templateExcerpt } from "../../../src/access/prompts/template-excerpt.ts";

it.each([
  ["IPv6", "2001:db8:aa::7", "<address>"],
  ["IPv6, whole", "2001:0db8:0000:0000:0000:ff00:0042:8329", "<address>"],
  ["IPv6, link-local", "fe80::1ff:fe23:4567:890a", "<address>"],
  ["IPv4 in IPv6", "::ffff:10.0.0.1", "<address>"],
  ["IPv4", "10.0.0.1", "<address>"],
  ["MAC with colons", "00:1A:2b:3c:4d:5e", "<address>"],
  ["MAC with dashes", "00-1a-2b-3c-4d-5e", "<address>"],
  ["MAC with dots", "001a.2b3c.4d5e", "<address>"],
  ["UUID", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "<UUID>"],
  ["sk-", "sk-proj-abcDEF0ghiJKL", "<token>"],
  ["sk_live_", "sk_live_abcdefghij", "<token>"],
  ["ghp_", "ghp_abcDEF0ghiJKLmno", "<token>"],
  ["AKIA", "AKIAIOSFODNNTEXAMPLE", "<token>"],
  ["xoxb-", "xoxb-made-up-token", "<token>"],
  ["JSON web token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.abc_DEF-1", "<token>"],
  ["digest", "5f4dcc3b5aa765d61d8327deb882cf99", "<token>"],
  ["letters of both cases and digits", "Qm7ZtRw2Lx9Kp4Vn", "<token>"],
  ["lower case and one digit", "k3jfhasdlkjqwetz", "<token>"],
  ["base64 for URLs", "Zx9-Qm7ZtRw2Lx9Kp4Vn_b1", "<token>"],
  ["dashed key", "9fGh2-kL3mN-8pQr5-Xy7Zt", "<token>"],
])("masks %s whole, wherever it stands", (_, secret, mark) => {
  expect(maskPersonal(secret)).toBe(mark);
  expect(maskPersonal(`from "${secret}", see (${secret}): now`)).toBe(`from "${mark}", see (${mark}): now`);
});

it.each([
  "internationalisation is characteristically misunderstood at 10:15, for 25 of 30",
  "version 1.2.3 of v10.15 and Python 3.11",
  "calculateTotalV2ForCustomer, utf8ToUtf16Converter, base64EncoderStream, parseHTML5Document",
  "test_cache_user_2_results in packages/core/billing_total2.ts:19 of project-387",
  "gpt-4o-mini, llama-3-70b-instruct-v2, scikit-learn, sk-learning-tools, npm_config_cache, hf_hub_download",
  "std::vector a::b face::add x[::2] x[1::2] x[100::2] int32_t",
])("leaves %s", (text) => {
  expect(maskPersonal(text)).toBe(text);
});

it("masks before words are cut into slots", () => {
  const { text, slots } = templateExcerpt(
    Array.from(
      { length: 8 },
      (_, at) =>
        `Explain the log line of 2001:db8:aa::${at} with token ghp_abcDEF${at}ghiJKLmno to user${at} now`,
    ),
  );
  expect(text).toBe("explain the log line of address with token token to user [1] now");
  expect(slots.flat()).toEqual(["0", "1", "2", "3", "4"]);
});
