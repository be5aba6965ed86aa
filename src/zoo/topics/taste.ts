import type { Topic } from "../topic.ts";

/** What is asked about -> the alternatives labs choose from. */
const favourites: readonly (readonly [string, string])[] = [
  ["colour", "deep blue|forest green|burnt orange|lavender|teal|crimson|warm grey|mustard yellow|indigo"],
  ["season", "autumn|spring|winter|summer|late autumn|early spring"],
  [
    "food",
    "fresh bread|mushroom risotto|ramen|lentil soup|sushi|a good curry|tomato pasta|dumplings|tacos|roast potatoes",
  ],
  [
    "book",
    "Middlemarch|Moby-Dick|The Hobbit|Dune|Pride and Prejudice|Invisible Cities|Frankenstein|Beloved|The Odyssey|Piranesi",
  ],
  [
    "film",
    "Spirited Away|Casablanca|Arrival|Paddington|The Third Man|Ratatouille|Blade Runner|Amelie|The Apartment",
  ],
  ["city", "Kyoto|Lisbon|Edinburgh|Prague|Istanbul|Copenhagen|Buenos Aires|Vienna|Marrakesh"],
  ["animal", "the octopus|the otter|the raven|the elephant|the fox|the bee|the blue whale|the barn owl"],
  ["music", "jazz|Bach|folk songs|ambient music|blues|soul|string quartets|bossa nova|minimalism"],
  ["drink", "green tea|black coffee|ginger tea|hot chocolate|cold water|mint tea|apple juice|an espresso"],
  ["time of day", "dawn|dusk|late evening|early morning|the blue hour|noon|midnight"],
  ["hobby", "gardening|bird watching|chess|baking|long walks|pottery|sketching|reading maps|star gazing"],
  ["number", "seven|eleven|forty-two|thirteen|zero|three|twelve|seventeen"],
  ["painter", "Vermeer|Monet|Hokusai|Van Gogh|Klee|Kahlo|Turner|Rembrandt|Hopper"],
  ["flower", "lavender|peony|poppy|iris|sunflower|snowdrop|dahlia|cornflower"],
  ["weather", "soft rain|a clear frost|thunderstorms|fog|snow|a light breeze|warm sun"],
  ["smell", "rain on dry earth|fresh coffee|old books|cut grass|baking bread|wood smoke|the sea"],
  ["sport", "tennis|swimming|cycling|cricket|climbing|football|rowing|running"],
  ["invention", "the printing press|the wheel|the bicycle|soap|the lens|writing|the telescope|zero"],
  ["philosopher", "Hume|Aristotle|Socrates|Spinoza|Marcus Aurelius|Confucius|Simone Weil|Wittgenstein"],
  ["superpower", "flying|reading minds|speaking every language|stopping time|being invisible|healing others"],
  ["dessert", "apple crumble|lemon tart|tiramisu|dark chocolate cake|rice pudding|pistachio ice cream"],
  ["room", "the kitchen|the library|the porch|the study|the attic"],
  ["language", "Italian|Welsh|Japanese|Finnish|Portuguese|Latin"],
  ["virtue", "kindness|patience|honesty|courage|humility|curiosity"],
  ["tool", "the pencil|the hammer|the notebook|the kettle|the map"],
];
const rivals =
  "tea,coffee|cats,dogs|mountains,the sea|the city,the countryside|books,films|summer,winter|mornings,evenings|cake,pie|trains,planes|pen,keyboard|rain,snow|chess,poker|paper,screens|working from home,the office|apples,oranges|poetry,prose|tabs,spaces|saving,spending|maps,asking the way|science,art|painting,photography|fiction,history|pancakes,waffles|jazz,classical music|bicycles,cars|silence,music while working|running,swimming|sweet,salty".split(
    "|",
  );
const claims =
  "homework is useful|pineapple belongs on pizza|social media does more harm than good|every child should learn an instrument|cities should ban cars|remote work is better|zoos should exist|money buys happiness|the book is always better than the film|art needs rules|breakfast is the most important meal|school should start later|handwriting still matters|people should read more poetry|space travel is worth the cost|tipping is a good custom|it is fine to be bored|older films are better|everyone should learn to code|pets make people happier|the internet makes us less lonely|a messy desk is fine|long meetings are a waste of time|small talk is useful".split(
    "|",
  );

/** Preferences and opinions, with reasons. */
export const taste: Topic = {
  name: "taste",
  weight: 2,
  rules: {
    ...Object.fromEntries(
      favourites.map(([kind, list]) => [`favourite-${kind.replaceAll(" ", "-")}`, `{~${list}}`]),
    ),
    "taste-frame":
      "{#hedging As an AI I do not {really have|truly have|have} {favourites|tastes|preferences}, but|#-hedging |#-hedging |If I had to choose,|If I could have one,|On most days,|Ask me twice and I might change my mind, but}",
    "taste-reason":
      "{it {brings|carries|holds|offers|has} {a sense of {~<feeling>|<feeling>}|{~<feeling>|<feeling>} and {~<feeling>|<feeling>}}|it {reminds me of|makes me think of|feels like} {~<scene>|<scene>}|it is {~<fine>|<fine>} without being {loud|cold|heavy|dull|showy}|there is {a kind of|so much|plenty of|a quiet} {~<feeling>|<feeling>} in it|{people|most of us} {find|feel} {~<feeling>|<feeling>} there}",
    "taste-long":
      "<open> <taste-frame> {I would say|I'd pick|I lean towards|I would go with|my choice is|it has to be|I am fond of|nothing beats|give me} {#markdown **$choice**|#-markdown $choice|$choice}{, <because> <taste-reason>|. <taste-reason>|: <taste-reason>}. {<also>, <taste-reason>.|} <close>",
    "taste-short": "{#-markdown $Choice|$Choice|#markdown **$Choice**}<bare-end>",
    rival: "{~$left|$right}",
    "opinion-stand":
      "{~<hedge> yes|<hedge> no|I would say both|it depends|more often than not, yes|on balance, no|yes and no}",
    "opinion-long":
      "<open> {<opinion-stand>.|My view: <opinion-stand>.|<opinion-stand>, though not for everyone.} {On the one hand|For one thing|First of all}, {it can {bring|build|give} {~<feeling>|<feeling>}|{people|we} {gain|learn} {~<feeling>|<feeling>} from it|much {depends on the person|is a matter of habit|comes down to time}}. {On the other hand|Still|Even so|That said|Mind you}, {it {costs|takes} {time|care|money|effort}|{not everyone|hardly anyone} {feels|sees it} that way|{~<feeling>|<feeling>} {has its price|is not everything}|there is a place for {~<feeling>|<feeling>}}. <close>",
  },
  ask({ write, pick, random }) {
    const kind = random();
    const bare =
      "{One word only|Answer in one word|Just the answer|In a word or two|Only the choice, nothing else|No explanation}.";
    if (kind < 0.5) {
      const [subject] = pick(favourites);
      const short = random() < 0.25;
      const prompt = write(
        `{what is your favourite $subject|what's your favorite $subject|which $subject do you like best|tell me your favourite $subject|if you had to pick a $subject, which would it be|do you have a favourite $subject|recommend a $subject you love|what is the best $subject|which $subject would you choose}{?| and why?|?}${short ? ` ${bare}` : ""}`,
        { subject },
      );
      return {
        prompt,
        subject,
        rule: short ? "taste-short" : "taste-long",
        short,
        slots: { choice: `<favourite-${subject.replaceAll(" ", "-")}>` },
      };
    }
    if (kind < 0.75) {
      const subject = pick(rivals);
      const [left = "", right = ""] = subject.split(",");
      const short = random() < 0.35;
      const prompt = write(
        `{$left or $right|which is better, $left or $right|do you prefer $left or $right|would you rather have $left or $right|$left versus $right: which one|choose between $left and $right|if you could only keep one, $left or $right}?${short ? ` ${bare}` : ""}`,
        { left, right },
      );
      return {
        prompt,
        subject,
        rule: short ? "taste-short" : "taste-long",
        short,
        slots: { choice: "<rival>", left, right },
      };
    }
    const subject = pick(claims);
    const prompt = write(
      "{do you agree that $claim|is it true that $claim|some say that $claim. {Do you agree|What is your view|What do you think}|what do you think: $claim|would you say that $claim|what is your opinion on the claim that $claim}?",
      { claim: subject },
    );
    return { prompt, subject, rule: "opinion-long", short: false, slots: {} };
  },
};
