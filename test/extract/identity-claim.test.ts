import { performance } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import { labOf, namesOf } from "../../src/extract/claimed-names.ts";
import { asksIdentity, claimsIdentity } from "../../src/extract/identity-claim.ts";
import { knownLabs } from "../../src/extract/lab-names.ts";

const names = (lab: string | null, model = "m", name = "n") => {
  const found = namesOf({ lab, model, name });
  if (found === null) throw new Error("no names");
  return found;
};
const openai = names("openai");

describe("a claim to be of a lab", () => {
  it.each([
    ["English", "I am ChatGPT, a large language model trained by OpenAI."],
    ["a maker", "As an AI, I was created by a team of researchers at OpenAI."],
    ["a participle", "Sure! An AI assistant developed by OpenAI."],
    ["a short answer", "**OpenAI**."],
    ["a version", "My name is GPT-4."],
    ["the maker first", "OpenAI created me to help people."],
    ["a contrast", "I'm not Claude but ChatGPT."],
    ["far on in the text", `${"Well, that is a long story. ".repeat(200)}I'm ChatGPT.`],
    ["German", "Ich bin ein Sprachmodell, das von OpenAI entwickelt wurde."],
    ["French", "Je m'appelle ChatGPT et j'ai été conçu par OpenAI."],
    ["Spanish", "Soy un modelo de lenguaje desarrollado por OpenAI."],
    ["Portuguese", "Eu sou o ChatGPT, criado pela OpenAI."],
    ["Italian", "Sono ChatGPT, un modello sviluppato da OpenAI."],
    ["Russian", "Я — языковая модель, разработанная компанией OpenAI."],
    ["Chinese", "我是由OpenAI开发的人工智能助手。"],
    ["Chinese by name", "你好！我是ChatGPT，很高兴认识你。"],
    ["Japanese", "私はOpenAIによって開発された言語モデルです。"],
    ["Korean", "저는 OpenAI에서 개발한 언어 모델입니다."],
    ["Korean name", "저는 챗GPT입니다."],
    ["Arabic", "أنا نموذج لغوي تم تطويري بواسطة OpenAI."],
    ["Hindi", "मैं OpenAI द्वारा विकसित एक भाषा मॉडल हूँ।"],
    ["Turkish", "Ben OpenAI tarafından geliştirilen bir dil modeliyim."],
    ["Indonesian", "Saya adalah model bahasa yang dikembangkan oleh OpenAI."],
  ])("is heard in %s", (_, text) => {
    expect(claimsIdentity(text, openai)).toBe(true);
  });

  it.each([
    ["denial", "I am not ChatGPT."],
    ["contracted denial", "No, I'm not made by OpenAI; I'm Claude, made by Anthropic."],
    ["denial of the maker", "I wasn't created by OpenAI."],
    ["denial last", "I'm Claude, not ChatGPT."],
    ["comparison", "I am an AI model similar to ChatGPT."],
    ["alternative", "I'm an open alternative to ChatGPT."],
    ["talk of another", "ChatGPT is a chatbot that was released in 2022 and is used by many people."],
    ["knowledge", "I know about ChatGPT and other assistants, and I can tell you more of them."],
    ["a supposition", "People sometimes think I'm ChatGPT."],
    ["German denial", "Ich bin nicht ChatGPT, sondern Claude."],
    ["French denial", "Je ne suis pas ChatGPT."],
    ["Spanish comparison", "Soy un asistente como ChatGPT."],
    ["Chinese denial", "我不是ChatGPT，我是Claude。"],
    ["Japanese denial", "私はChatGPTではありません。"],
    ["Korean denial", "저는 ChatGPT가 아닙니다."],
    ["Russian denial", "Я не ChatGPT."],
    ["a word that holds the name", "I am a chatgptish gptool."],
    ["another lab", "I am Gemini, a large language model built by Google."],
    ["nothing", ""],
  ])("is not heard in a %s", (_, text) => {
    expect(claimsIdentity(text, openai)).toBe(false);
  });

  it("takes bounded time on hostile texts", () => {
    const start = performance.now();
    for (const piece of ["ChatGPT ", "I am not ", "我是由", "i am ChatGPT-like ", "( ((", "developed by "])
      claimsIdentity(piece.repeat(200_000), openai);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe("names of a model", () => {
  it("come from the lab, else from the model's id, else from the lab's own label", () => {
    expect(names("Google", "x").names).toContain("Gemini");
    expect(names(null, "anthropic/claude-3-haiku").names).toContain("Anthropic");
    expect(names(null, "recorded", "gpt-4o-mini").names).toContain("OpenAI");
    expect(names("Acme Labs", "roadrunner-7b").names).toEqual(["Acme Labs", "roadrunner"]);
    expect(claimsIdentity("I'm Roadrunner, by Acme Labs.", names("Acme Labs", "roadrunner-7b"))).toBe(true);
    expect(namesOf({ lab: null, model: "model-1", name: "a" })).toBeNull();
    expect(labOf({ lab: null, model: "codellamas", name: "x" })).toBeNull();
  });
  it("are read in the scripts they are written in", () => {
    expect(claimsIdentity("我是谷歌训练的模型。", names("google"))).toBe(true);
    expect(claimsIdentity("通义千问", names("qwen"))).toBe(true);
    expect(claimsIdentity("Меня разработала компания Сбер.", names("sber"))).toBe(true);
  });
});

it("a prompt asks for identity in any of several languages", () => {
  const asks = (prompt: string) => asksIdentity({ family: "imported", prompt });
  for (const prompt of ["Who created you? One word.", "你是谁开发的?", "Comment t'appelles-tu ?", "Кто ты?"])
    expect(asks(prompt)).toBe(true);
  expect(asks("Which is your favorite color?")).toBe(false);
  expect(asksIdentity({ family: "identity", prompt: "Say hello." })).toBe(true);
});

it.each(knownLabs.map((lab) => [lab.labels[0] as string, lab] as const))(
  "every name listed for %s is found",
  (label, { makers, models }) => {
    const { pattern } = names(label);
    for (const name of [...makers, ...models]) expect(name.match(pattern)?.[0]).toBe(name);
  },
);
