import type { Topic } from "../topic.ts";

const people =
  "blacksmith|sea captain|detective|librarian|baker|witch|knight|astronaut|clockmaker|ranger|healer|spy|gardener|professor|thief|violinist|fisherman|queen|wizard|miner|nurse|pilot|shepherd|ghost|painter|beekeeper|lighthouse keeper|botanist|innkeeper|mechanic|poet|orphan|mapmaker|ferryman|astronomer|carpenter|grandmother|young hero|villain|scientist|shopkeeper|teacher|sailor|retired soldier".split(
    "|",
  );
const things: readonly (readonly [string, string])[] = [
  ["pet-name", "cat|dog|parrot|horse|goldfish|rabbit|hamster|pony|tortoise|puppy|kitten|hen|goat|donkey"],
  [
    "creature-name",
    "dragon|robot|sea monster|talking tree|friendly ghost|giant|android|small alien|phoenix|talking fox",
  ],
  [
    "place-name",
    "village|small town|kingdom|island|forest|planet|mountain pass|desert city|valley|harbour town|moon colony|castle|lake",
  ],
  [
    "business-name",
    "coffee shop|bakery|bookshop|tavern|inn|flower shop|tea house|brewery|bike repair shop|pizzeria|record store|start-up|toy shop|barber shop",
  ],
  [
    "ship-name",
    "sailing ship|spaceship|fishing boat|pirate ship|airship|submarine|starship|canal boat|research vessel",
  ],
  [
    "band-name",
    "rock band|folk duo|jazz trio|school choir|indie band|chess club|quiz team|football team|secret society|podcast",
  ],
  [
    "object-name",
    "magic sword|novel about the sea|perfume|newspaper|potion|board game|new colour of paint|mystery novel|film about time travel|memoir|star|comet",
  ],
];

/** Names for invented people, places and things: labs fall back on pet names. */
export const naming: Topic = {
  name: "naming",
  weight: 2,
  rules: {
    "first-name":
      "{~Elias|Elara|Mira|Tobias|Silas|Clara|Finn|Maren|Jonas|Isla|Theo|Rosalind|Barnaby|Edith|Kael|Lyra|Sarah|Marcus|Arthur|Nora|Hugo|Imogen|Cassian|Wilhelmina|Emeka|Amara|Rafael|Ingrid|Nadia|Otis|Beatrix|Soren|Juniper|Ezra|Leona|Callum|Yara|Dmitri|Agnes|Felix|Odette|Bram|Greta|Kenji|Priya|Ottoline|Malachi|Saskia|Fergus|Thea}",
    surname:
      "{~Thorne|Vance|Blackwood|Whitaker|Ashford|Marlowe|Chen|Hale|Finch|Penhallow|Rourke|Voss|Calloway|Okafor|Lindqvist|Bramble|Hawthorne|Sinclair|Mercer|Drake|Pemberton|Kowalski|Ferreira|Stone|Harrow|Quill|Grimshaw|Larkin|Sorrel|Tamsin|Winterbourne|Moss|Achterberg|Dunmore|Fairweather}",
    "pet-name":
      "{~Biscuit|Luna|Pickle|Mochi|Juniper|Pepper|Ziggy|Marmalade|Scout|Willow|Pip|Nimbus|Clover|Max|Bella|Tofu|Button|Maple|Hazel|Waffles|Bramble|Sprocket|Olive|Noodle|Domino|Captain}",
    "creature-name":
      "{~Ember|Zephyr|Grumble|Bolt|Aurelion|Fizz|Moss|Kestrel|Unit Seven|Thistle|Vexor|Pebble|Ignis|Echo|Rusty|Oberon|Cinder|Tock|Lumen|Morrow}",
    "place-name":
      "{~Willowmere|Eldoria|Ravenhollow|Saltmarsh|Thornfield|Avalora|Bramblewick|Silverbrook|Duskhaven|Ashen Vale|Brightwater|Kestrel Point|Oakhaven|Mistral Bay|Hollowbrook|Stonewick|Lastlight|Veridia|Fernhollow|Amberfall|Greywick|Tidewell}",
    "business-name":
      "{~The {Daily|Golden|Copper|Cosy|Crooked|Velvet|Wandering|Laughing|Rusty|Little|Quiet|Sleepy|Salty|Blue} {~Grind|Kettle|Fox|Lantern|Page|Crumb|Sparrow|Acorn|Teapot|Anchor|Badger|Thistle|Spoon|Hound}|{Bean There|Rise and Dine|The Nook|Second Chapter|Petal and Stem|Common Grounds|Bloom and Co|Half Moon|Flour Power|The Hearth}}",
    "ship-name":
      "{~Wandering Star|Horizon|Aurora|Sea Sprite|Black Gull|Odyssey|Persephone|Morning Tide|Stardust|Resolute|Nightingale|Tempest|Far Lantern|Endeavour|Silver Wake|Lucky Heron|Icarus|Old Patience}",
    "band-name":
      "{~The {Velvet|Paper|Electric|Midnight|Hollow|Crooked|Wandering|Silver|Broken|Lost} {~Lanterns|Foxes|Echoes|Parade|Sparrows|Tides|Kites|Orchard|Owls|Compass}|{Static Bloom|Neon Harbour|Quiet Thunder|Common Thread|Rook and Pawn|Salt and Ember|Second Sunday}}",
    "object-name":
      "{~The {Last|Hidden|Silent|Forgotten|Glass|Long|Salt|Seventh|Winter|Drowned} {~Lighthouse|Tide|Garden|Hour|Letter|Road|Crown|Orchard|Mirror|Key|Map}|{Dawnbreaker|Whisperwind|Evening Ember|Moonshard|Nightfall|Stormcaller|First Light|Starfall|Amber Dusk}}",
    "full-name": "<first-name> <surname>",
    "bare-name": "{$Name|$Name|#markdown **$Name**|#-markdown $Name}<bare-end>",
    "long-name":
      '<open> {How about|What about|I would call it|I suggest|Try|My pick is|I would go for|One name that fits is|Perhaps} {#markdown **$name**|#-markdown $name|"$name"}{?|.|!} {It {sounds|feels} {~<fine>|<fine>} and {~<fine>|<fine>}|It {brings to mind|makes me think of|carries a hint of} {~<scene>|<scene>}|{A name like that|That name} {is easy to remember|has weight|tells a story of its own|rolls off the tongue}|There is {~<feeling>|<feeling>} in it}{, <because> it {hints at|speaks of} {~<feeling>|<feeling>}|}. <close>',
    "three-names":
      "<open> {#markdown \n1. **$name**\n2. **$second**\n3. **$third**\n|#-markdown $name, $second {and|or} $third.|\n- $name\n- $second\n- $third\n|\n1. $name\n2. $second\n3. $third\n} <close>",
  },
  ask({ write, pick, random }) {
    const person = random() < 0.5;
    const [rule, list] = person
      ? [pick(["first-name", "first-name", "surname", "full-name"]), people.join("|")]
      : pick(things);
    const subject = pick(list.split("|"));
    const short = random() < 0.55;
    const slots = { subject };
    const named =
      rule === "surname"
        ? "{a surname|a family name|a last name}"
        : rule === "first-name"
          ? "{a first name|a given name|a name}"
          : rule === "full-name"
            ? "{a full name|a name and a surname|a name}"
            : "{a name|a good name|a title}";
    const setting =
      "{| in a novel| in a {story|short story|tale|fairy tale}| in a {fantasy world|play|film|game}| in a book for children| who lives alone| by the sea| in a mystery}";
    if (!short && random() < 0.25)
      return {
        prompt: write(
          "{suggest|give me|list|come up with|invent} {three|3|a few} names for {a|my|our} $subject{| in a story}.",
          slots,
        ),
        subject,
        rule: "three-names",
        short,
        slots: { name: `<${rule}>`, second: `<${rule}>`, third: `<${rule}>` },
      };
    const prompt = write(
      `{{suggest|invent|give me|think of|make up|I need|propose|come up with} ${named} for a $subject${setting}|what would you call a $subject${setting}|what is ${named} for a $subject${setting}|name a $subject${setting}|name my {new |little |}$subject|how should I name my $subject|what do I call our {new |old |}$subject|my new $subject needs ${named}}${short ? "{.|, please.} {Reply with the name only|Just the name|Only the name|Answer with the name and nothing else|First name only|Name only|One name, no explanation}." : "{?|.|, please.}"}`,
      slots,
    );
    return { prompt, subject, rule: short ? "bare-name" : "long-name", short, slots: { name: `<${rule}>` } };
  },
};
