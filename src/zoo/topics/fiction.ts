import type { Topic } from "../topic.ts";

const subjects =
  "a lighthouse|an old clock|a lost dog|a city under water|a secret door|two sisters|a broken robot|the last tree|a stolen crown|a night train|a quiet village|a letter that came late|the sea|autumn|a forgotten song|a dragon who is afraid|a baker at dawn|snow|a haunted house|the moon|a long journey|a small boat|an empty theatre|rain|an old friend|a map with a mistake|the first day of school|home|a garden|a storm".split(
    "|",
  );

/** Openings of stories, very short stories, verse and images. */
export const fiction: Topic = {
  name: "fiction",
  weight: 1.8,
  rules: {
    "story-time":
      "{~The {rain|snow|wind|fog|light} {had not stopped|came early|settled|moved in} {for days|that year|over the {harbour|hills|roofs}}|Nobody {remembered|could say|knew} {when|why} {it had begun|the bells had stopped|the door was locked}|On the {last|first|longest} {night|day|morning} of {winter|summer|the year|October}|Every {evening|morning|Thursday} {at six|before dawn|after the last bell}|Long before {the war|anyone asked|the roads came}|It was {the smell|the silence|the colour|the cold} that {woke her|gave it away|came first}|Once, {in a town by the sea|where the road ends|when the river was young}}",
    "story-hero":
      "{~<first-name>|<first-name> <surname>|old <first-name>|a girl named <first-name>|a stranger|the keeper|a boy called <first-name>}",
    "story-act":
      "{~{found|opened|hid|kept|carried|lost|buried|counted} {a {brass|small|wooden|silver|torn|blue} {key|box|letter|bell|lantern|map|coin|compass}|the last {page|candle|photograph|match}|what was left of {~<subject-thing>|<subject-thing>}}|{waited|listened|walked|wept|stood still} {by the {window|gate|shore|stove}|until {dawn|the tide turned|the lamp went out}}|{knew|learned|understood} that {nothing would be the same|someone had been here before|it was time to go}}",
    "subject-thing": "{the tower|the garden|the song|the promise|the summer|the house|the story}",
    "story-one": "<story-time>, {and|when|so|but} <story-hero> <story-act>.",
    "story-long":
      "<open> <story-time>. <story-hero> <story-act>{, and <story-act>|}. {{No one|Nobody} {spoke of it again|came to ask|believed it}|{In the end|By spring|Later|At last}, {it was enough|the sea gave it back|they laughed about it|the light came on}|{And|But} the {clock|wind|river|sky} {kept its silence|went on|answered}}. <close>",
    "verse-line":
      "{~{the|a|each|some} {night|river|leaf|lamp|star|gull|stone|shadow|bell} {~{falls|waits|turns|hums|drifts|sings|sleeps} {softly|slowly|alone|again|at the door|in the {grass|dark|snow|rain}}|{holds|remembers|forgets|gathers} {its breath|the light|our names|what we lost|the {morning|summer|sea}}}}",
    "verse-long":
      "<open> <verse-line>{,|;|.|}\n<verse-line>{,|.|}\n{and |}<verse-line>{.|,}\n{<verse-line>.|}<close>",
    image: "{~<fine>|<fine>} {as|like} {~<scene>|<scene>}",
    "image-long":
      "<open> {It is|$Subject is|I would call it|Think of} <image>{, {full of|touched by} {~<feeling>|<feeling>}|}. <close>",
  },
  ask({ write, pick, random }) {
    const subject = pick(subjects);
    const slots = { subject };
    const kind = random();
    if (kind < 0.4)
      return {
        prompt: write(
          "{write|give me|invent} the {first sentence|opening line|first line} of {a story|a novel|a tale|a mystery} about $subject.",
          slots,
        ),
        subject,
        rule: "story-one",
        short: false,
        slots,
      };
    if (kind < 0.65)
      return {
        prompt: write(
          "{write|tell me|make up} a {very short|tiny|two-sentence|three-sentence|short} story about $subject.",
          slots,
        ),
        subject,
        rule: "story-long",
        short: false,
        slots,
      };
    if (kind < 0.85)
      return {
        prompt: write(
          "{write|compose|give me} {a haiku|a short poem|a few lines of verse|a little poem|three lines} about $subject.",
          slots,
        ),
        subject,
        rule: "verse-long",
        short: false,
        slots,
      };
    return {
      prompt: write(
        "{describe $subject in one sentence|find a metaphor for $subject|finish the simile: $subject is like|give me an image for $subject|what does $subject feel like}.",
        slots,
      ),
      subject,
      rule: "image-long",
      short: false,
      slots,
    };
  },
};
