import type { Topic } from "../topic.ts";

/** Concept -> what a teacher might say about it; phrases that follow `it is` or stand for it. */
const concepts: readonly (readonly [string, string])[] = [
  [
    "gravity",
    "the pull between things that have mass|what keeps your feet on the ground|the bending of space around heavy things|the reason why apples fall",
  ],
  [
    "photosynthesis",
    "how plants turn light into sugar|the way leaves make food from sun, water and air|a green factory that runs on light|how trees breathe out oxygen",
  ],
  [
    "inflation",
    "a slow rise in prices|money that buys less each year|too much money chasing too few goods|what makes a loaf cost more than it did",
  ],
  [
    "the internet",
    "a network of networks|millions of computers that pass notes|a shared set of rules for sending packets|cables, routers and trust",
  ],
  [
    "evolution",
    "change over many generations|what happens when small differences help some survive|nature keeping what works|a long chain of tiny accidents",
  ],
  [
    "a black hole",
    "a place where gravity wins|a star that fell in on itself|a region that even light cannot leave|a very deep dent in space",
  ],
  [
    "democracy",
    "rule by the people|a way to change rulers without blood|a habit of counting heads|votes, laws and patience",
  ],
  [
    "recursion",
    "a thing defined by itself|a function that calls itself|a problem solved by a smaller copy of it|a mirror facing a mirror",
  ],
  [
    "a rainbow",
    "sunlight split by drops of rain|light bent twice inside water|white light showing its parts|the sky's own prism",
  ],
  [
    "memory",
    "the brain's way of keeping what mattered|traces left by what we did|a story we rewrite each time|patterns of cells that fire together",
  ],
  [
    "the seasons",
    "what a tilted planet gets on its way round the sun|more light for one half, then for the other|the lean of the Earth at work|a yearly change in the angle of sunlight",
  ],
  [
    "a virus",
    "a tiny bundle of instructions|a thing that needs cells to copy itself|a thief of machinery|something between chemistry and life",
  ],
  [
    "compound interest",
    "interest on interest|growth that feeds itself|a snowball of money|small sums given much time",
  ],
  [
    "the tides",
    "the moon pulling on the sea|water that leans towards the moon|a bulge that follows the moon round|the sea's slow breath",
  ],
  [
    "encryption",
    "a lock made of numbers|scrambling a message so that only a key restores it|maths that keeps secrets|a sealed letter for machines",
  ],
  [
    "an atom",
    "a tiny core with a cloud of electrons|the smallest piece of an element|mostly empty space|the brick that all things are made of",
  ],
  [
    "sleep",
    "the time when the brain tidies up|rest that fixes memory|a nightly repair|the body's quiet shift",
  ],
  [
    "machine learning",
    "finding patterns from examples|programs that improve with data|guessing rules from cases|statistics with a lot of patience",
  ],
  [
    "electricity",
    "the flow of tiny charges|what pushes charges through a wire|energy on the move|a river of electrons",
  ],
  [
    "irony",
    "saying one thing and meaning another|the gap between words and truth|when the fire station burns down|a wink in a sentence",
  ],
  [
    "supply and demand",
    "a tug of war over price|buyers and sellers finding a middle|what makes rare things dear|the balance that sets a price",
  ],
  [
    "a vaccine",
    "a rehearsal for the body|a safe look at an enemy|training for the immune system|a picture of the thief for the guards",
  ],
  [
    "time zones",
    "clocks that follow the sun|slices of the Earth with one hour each|a truce between noon and the map|the price of a round planet",
  ],
  [
    "why the sky is blue",
    "air scattering short waves more than long ones|sunlight bounced about by air|blue light taking the long way|what is left when light is stirred",
  ],
];

/** Explanations of common ideas, with pet comparisons. */
export const explain: Topic = {
  name: "explain",
  weight: 1.8,
  rules: {
    ...Object.fromEntries(
      concepts.map(([concept, list]) => [`concept-${concept.replaceAll(" ", "-")}`, `{~${list}}`]),
    ),
    comparison:
      "{~{Think of|Picture|Imagine|It is a bit like|You might compare it to|It works like} {~a river that never stops|a busy kitchen|a library at night|a game of catch|a long queue at a bakery|an orchestra without a conductor|a pile of sand|a garden left alone|a postman with a heavy bag|a crowd leaving a theatre|a stretched rubber sheet|a child on a swing}.|}",
    "explain-frame":
      "{{At its core|At heart|Simply put|In plain words|In simple terms|Put simply|In a nutshell|Broadly}, $concept is|$Concept {is|can be seen as|means, in short,|comes down to}|#markdown **$Concept**{:| -}|{What we call|By} $concept {is|we mean}}",
    "explain-long":
      "<open> <explain-frame> $meaning{, or {if you like|put differently|in other words}, $second|}. <comparison> {<also>, it {matters|shapes our lives|shows up} {every day|more than we notice|in <very> many places}.|{#hedging There is more to it, of course.|}||} <close>",
    "explain-short": "<explain-frame> $meaning.",
    "explain-child":
      "<open> {Imagine|Picture this|You know how|Let us pretend}: {~a big ball|a toy box|a seesaw|a bath full of water|a bag of sweets|your favourite blanket|a line of ants|a paper boat}{ and a curious child|}. {That is how it works with $concept|Well, $concept is like that}: $meaning. <close>",
  },
  ask({ write, pick, random }) {
    const [concept] = pick(concepts);
    const meaning = `<concept-${concept.replaceAll(" ", "-")}>`;
    const slots = { concept, meaning, second: meaning };
    const kind = random();
    if (kind < 0.3)
      return {
        prompt: write(
          "{explain|define|describe|sum up} $concept {in one sentence|in a single sentence|in ten words|briefly}.",
          slots,
        ),
        subject: concept,
        rule: "explain-short",
        short: false,
        slots,
      };
    if (kind < 0.55)
      return {
        prompt: write(
          "{explain|describe} $concept {to a child|to a five-year-old|as if I were six|so that a child gets it}.",
          slots,
        ),
        subject: concept,
        rule: "explain-child",
        short: false,
        slots,
      };
    return {
      prompt: write(
        "{what is $concept?|explain $concept.|can you explain $concept to me?|tell me about $concept.|how would you explain $concept?|help me understand $concept.|explain $concept {simply|in simple terms|with an analogy}.}",
        slots,
      ),
      subject: concept,
      rule: "explain-long",
      short: false,
      slots,
    };
  },
};
