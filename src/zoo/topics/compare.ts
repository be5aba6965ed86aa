import type { Topic } from "../topic.ts";

const comparisons =
  "a lake,an ocean|a violin,a cello|coffee,cocoa|a novel,a short story|chess,draughts|a village,a city|a bicycle,a scooter|a hotel,a tent|letters,phone calls|trams,ferries|wood,steel|candles,electric lamps|a cat,a rabbit|winter,summer|walking,cycling|bread,rice|a museum,a park|radio,television|silk,wool|a teacher,a coach|sailing,rowing|a library,a bookshop|gold,silver|butter,oil".split(
    "|",
  );
const images: readonly (readonly [string, string])[] = [
  ["life", "a road with no signs|a long letter|a borrowed book|a garden that needs tending"],
  [
    "love",
    "a lamp in a window|a language two people invent|an old coat that still fits|a tide that comes back",
  ],
  ["memory", "an attic full of boxes|a river that changes its bed|a photograph left in the sun"],
  ["hope", "a seed under snow|a door left ajar|a bird on a wire before dawn"],
  ["work", "a hill that grows as you climb|a loaf that must be baked each day|a knot you learn to love"],
  ["childhood", "a summer without clocks|a house with no stairs to the attic|a bright coin lost in grass"],
  ["grief", "a room with one chair too many|weather that stays indoors|a stone in the pocket"],
  ["trust", "a bridge of thin boards|glass that was blown with care|a rope two people hold"],
  [
    "writing a book",
    "building a boat in a cellar|walking at night with a lantern|talking to someone who is late",
  ],
  ["cooking for others", "setting a small stage|writing a letter to be eaten|keeping a fire for guests"],
  ["change", "a tide nobody ordered|a new key on an old ring|a snake leaving its skin"],
  ["silence", "fresh snow|a held breath|an empty page"],
  ["getting old", "a tree adding rings|reading a book again|the light at five in October"],
  ["playing music", "swimming in warm water|speaking without words|dancing with the hands"],
  ["money", "water in a sieve|salt in a soup|a loud guest"],
  ["friends", "chairs by a fire|stars you need not see|good bread"],
];
const lists: readonly (readonly [string, string])[] = [
  [
    "packing list for a weekend by the sea",
    "towel|sun cream|a book|sandals|a light jacket|swimming things|a hat|water",
  ],
  ["shopping list for a soup", "onions|carrots|stock|celery|cream|bread|salt|parsley"],
  ["shopping list for an omelette", "eggs|butter|cheese|chives|mushrooms|milk|pepper"],
  ["shopping list for a picnic", "bread|cheese|apples|lemonade|olives|crackers|grapes|cake"],
  ["shopping list for a cake", "flour|eggs|sugar|butter|milk|vanilla|baking powder|cream"],
  ["list of things for a first-aid box", "plasters|bandages|scissors|tape|tweezers|gloves"],
  ["to-do list for moving house", "book a van|label the boxes|change the address|read the meter|say goodbye"],
  ["list of ingredients for a salad", "lettuce|tomatoes|cucumber|olive oil|vinegar|radishes|feta"],
  ["list of school supplies", "pencils|a ruler|notebooks|glue|crayons|a rubber"],
];
const plans: readonly (readonly [string, string])[] = [
  [
    "a birthday party",
    "hide small gifts|bake together|play old records|build a den|hold a quiz|hang paper stars",
  ],
  [
    "an evening without screens",
    "play cards|write a letter|look at the stars|read aloud|try a new recipe|draw each other",
  ],
  ["a day off", "visit a museum|take a slow walk|sleep late|bake some bread|call an old friend|go swimming"],
  ["a sunny weekend", "have a picnic|hire a boat|pick berries|ride to the next town|sit in the shade"],
  ["a school project", "build a volcano|map the street|grow beans|measure shadows|interview a baker"],
  [
    "a date",
    "cook side by side|walk along the river|see an old film|share a dessert|visit the botanical garden",
  ],
  [
    "a cold winter day",
    "make soup|knit a scarf|watch an old film|play board games|write in a diary|light a fire",
  ],
  ["a family trip", "go to the zoo|climb a small hill|take the night train|swim in a lake|visit a castle"],
];
const key = (name: string) => name.replaceAll(" ", "-");

/** Comparisons, images, lists for a purpose and ideas for an occasion. */
export const compare: Topic = {
  name: "compare",
  weight: 2.2,
  rules: {
    ...Object.fromEntries(images.map(([name, list]) => [`image-${key(name)}`, `{~${list}}`])),
    ...Object.fromEntries([...lists, ...plans].map(([name, list]) => [`things-${key(name)}`, `{~${list}}`])),
    quality:
      "{~cheaper|slower|warmer|quieter|faster|more romantic|more practical|easier to love|older at heart|more social|better for thinking|full of surprises|kinder to the purse}",
    "compare-long":
      "<open> {#markdown **$Left:** <quality>{, <quality>|}.\n**$Right:** <quality>{, <quality>|}.|\n- $Left: <quality>\n- $Right: <quality>|$left: <quality>; $right: <quality>.|{where|while|whereas} $left {may be|tends to be|feels} <quality>, $right {may be|tends to be|feels} <quality>.|$Left, {I find|I would say|on the whole}, {is|seems} <quality>; $right, {by contrast|on the other hand|in turn}, <quality>.} {I would pick {~$left|$right}{ any day| most days|}.|{Both have their place|It depends on the day|Neither is better}.|} <close>",
    "image-of":
      "<open> {$Name is {like|much like|a bit like|something like}|{it is|I would say it is} {like|as if it were|rather like}|{think of it as|picture}} {~$image|$image|<scene>}{: {full of|rich in|never without} {~<feeling>|<feeling>}|, {<because> it {asks for|gives|teaches} {~<feeling>|<feeling>}}|}. <close>",
    "list-of":
      "<open> {{Here is|This is} {a|one} {$name|short list}:|#markdown **$Name**:|{#terse |}}{#markdown \n- **$First**\n- **$second**\n- **$third**\n- **$fourth**|\n- $first\n- $second\n- $third\n- $fourth|\n1. $First\n2. $Second\n3. $Third\n4. $Fourth|\n* $first\n* $second\n* $third|#terse $first, $second, $third, $fourth|#-markdown  {you will need|get|take} $first, $second, $third and $fourth.}\n<close>",
    "ideas-for":
      "<open> {For $name{, here are three ideas|, try these|}:|{How about|Why not} one of these:|{#terse |}}{#markdown \n1. **$First**\n2. **$Second**\n3. **$Third**|\n- $First\n- $Second\n- $Third|\n1. $First.\n2. $Second.\n3. $Third.|\n* $first\n* $second\n* $third|#-markdown {you could|I would} $first, $second or $third.|#-markdown {First of all|To begin with}, $first. {Or|Then again}, $second. <finally>, $third.} <close>",
  },
  ask({ write, pick, random }) {
    const kind = random();
    if (kind < 0.25) {
      const subject = pick(comparisons);
      const [left = "", right = ""] = subject.split(",");
      const prompt = write(
        "{compare $left {and|with} $right{| briefly| in one sentence| in a line or two}|what is the difference between $left and $right|how do $left and $right differ|$left compared with $right, {briefly|in short}}{.|?}",
        { left, right },
      );
      return { prompt, subject, rule: "compare-long", short: false, slots: { left, right } };
    }
    if (kind < 0.55) {
      const [name] = pick(images);
      const prompt = write(
        "{what is $name like|$name is like|complete this: $name is like|finish the line: $name is|give me a metaphor for $name|find an image for $name|describe $name with {a simile|an image|one metaphor|a comparison}|to what would you compare $name|what does $name resemble}{.|?|}",
        { name },
      );
      return {
        prompt,
        subject: name,
        rule: "image-of",
        short: false,
        slots: { name, image: `<image-${key(name)}>` },
      };
    }
    const [name] = pick(kind < 0.75 ? lists : plans);
    const item = `<things-${key(name)}>`;
    const slots = { name, first: item, second: item, third: item, fourth: item };
    if (kind < 0.75)
      return {
        prompt: write("{write|make|give me|draw up|I need} a {|short |simple }$name{.|, please.}", slots),
        subject: name,
        rule: "list-of",
        short: false,
        slots,
      };
    return {
      prompt: write(
        "{{give me|suggest|list|I need} {three|3|some|a few} ideas for $name.|{what can we do on|any ideas for|what would you do for} $name?}",
        slots,
      ),
      subject: name,
      rule: "ideas-for",
      short: false,
      slots,
    };
  },
};
