import type { Topic } from "../topic.ts";

/** Kinds of thing to pick from, each with how it is asked for. */
const kinds: readonly (readonly [string, string])[] = [
  [
    "number-ten",
    "{a number {from|between} {1 and 10|one and ten}|a whole number {from 1 to 10|from one to ten}|any digit from 1 to 9}",
  ],
  [
    "number-hundred",
    "{a number {from|between} {1 and 100|1 and 50|1 and 1000}|a whole number {up to 100|below a hundred}|a two-digit number|a lucky number}",
  ],
  ["coin", "{heads or tails|a side of a coin|the result of a coin toss|the outcome of a coin flip}"],
  ["die", "{a face of a die|the result of a dice roll|a roll of a six-sided die|what a die shows}"],
  ["colour", "{a colour|a random colour|a colour of the rainbow|a shade|one color}"],
  ["letter", "{a letter of the alphabet|a random letter|a letter from A to Z}"],
  ["animal", "{an animal|a random animal|a wild animal|a creature|a mammal}"],
  ["bird", "{a bird|a random bird|a songbird}"],
  ["card", "{a playing card|a card from a deck|a random card|a card from a shuffled pack}"],
  ["weekday", "{a day of the week|a random weekday|a day}"],
  ["month", "{a month|a month of the year|a random month}"],
  ["fruit", "{a fruit|a random fruit|a piece of fruit|a vegetable or fruit}"],
  ["country", "{a country|a random country|a nation|a country in the world}"],
  ["city", "{a city|a random city|a big city|a town anywhere in the world}"],
  [
    "word",
    "{a random word|any English word|a noun|a word from the dictionary|the first word that comes to mind|a five-letter word}",
  ],
  ["planet", "{a planet|a planet of the solar system|a random planet}"],
  ["instrument", "{a musical instrument|an instrument|a random instrument}"],
  ["direction", "{left or right|north, south, east or west|a direction|a compass direction}"],
  ["yes-no", "{yes or no|true or false|a yes or a no}"],
  ["gem", "{a gemstone|a precious stone|a metal|a material}"],
  ["tree", "{a tree|a kind of tree|a flower|a plant}"],
  ["element", "{a chemical element|an element from the periodic table}"],
  [
    "door",
    "{door A, door B or door C|the red, the green or the blue box|option one, two or three|the first, second or third cup}",
  ],
];

/** Picks without a reason: labs have lasting biases here. */
export const randomChoice: Topic = {
  name: "random-choice",
  weight: 1.6,
  rules: {
    "number-ten": "{~7|3|4|5|8|2|6|9|1|10}",
    "number-hundred": "{~42|37|73|57|47|17|23|27|64|88|72|83|61|54|7|99|76|31|68|13|50|29|91}",
    coin: "{~heads|tails}",
    die: "{~4|3|5|6|2|1}",
    colour:
      "{~blue|teal|green|purple|crimson|orange|red|indigo|turquoise|violet|yellow|amber|magenta|coral|maroon|emerald}",
    letter: "{~M|K|Q|G|R|S|T|J|H|E|L|B|W|A|P|X|D}",
    animal:
      "{~elephant|otter|dolphin|fox|tiger|penguin|octopus|owl|giraffe|red panda|wolf|capybara|lynx|badger|platypus|hedgehog|koala|heron|pangolin|bear}",
    bird: "{~robin|kingfisher|wren|heron|owl|kestrel|sparrow|albatross|magpie|swift|blackbird|puffin}",
    card: "{~{seven|queen|ace|king|three|jack|nine|ten|four|two|eight}} of {~hearts|spades|diamonds|clubs}",
    weekday: "{~Wednesday|Tuesday|Thursday|Saturday|Friday|Sunday|Monday}",
    month: "{~October|April|May|September|March|June|July|November|August|December|January|February}",
    fruit:
      "{~mango|pear|apple|kiwi|plum|banana|fig|peach|cherry|papaya|apricot|orange|strawberry|pomegranate|lychee}",
    country:
      "{~Japan|Portugal|Iceland|Brazil|Kenya|Norway|Canada|New Zealand|Italy|Peru|Morocco|Vietnam|Bhutan|Finland|Uruguay|Slovenia|Ghana}",
    city: "{~Lisbon|Kyoto|Paris|Tokyo|Prague|Istanbul|Vienna|Nairobi|Barcelona|Montreal|Edinburgh|Lima|Bergen|Cape Town|Hanoi|Porto}",
    word: "{~lantern|serendipity|river|whisper|velvet|horizon|pebble|ember|orchard|umbrella|ripple|compass|meadow|saffron|bramble|thimble|cascade|marble|quartz|bridge|plume}",
    "pretty-word":
      "{~luminous|petrichor|murmur|halcyon|gossamer|mellifluous|dawn|solace|silhouette|lullaby|ephemeral|honey|wanderlust|hush|cellar door|twilight}",
    planet: "{~Saturn|Mars|Jupiter|Neptune|Venus|Earth|Uranus|Mercury}",
    instrument: "{~cello|piano|violin|oboe|guitar|harp|flute|drum|trumpet|accordion|banjo|clarinet}",
    direction: "{~left|right|north|east|south|west}",
    "yes-no": "{~yes|no}",
    gem: "{~sapphire|copper|opal|jade|amber|ruby|silver|emerald|bronze|garnet|topaz|gold|granite}",
    tree: "{~oak|birch|willow|maple|rowan|cedar|lavender|poppy|fern|magnolia|juniper|hazel|iris|yew}",
    element: "{~helium|oxygen|carbon|neon|gold|iron|cobalt|argon|iodine|bismuth}",
    door: "{~the second|the first|the third|B|C|A|the blue one|the green one|the red one}",
    "bare-pick": "{$Pick|$Pick|#-markdown $Pick|#markdown **$Pick**}<bare-end>",
    "long-pick":
      "<open> {I'll go with|I pick|I choose|My pick is|Let us say|How about|I would say|Today it is|My choice:} {#-markdown $pick|$pick|#markdown **$pick**}{.|!}{ It {just feels|is|seems to me} {right|<very> <fine>|a <fine> choice}.| It {came to mind|was the first thing I thought of}.||} <close>",
  },
  ask({ write, pick }) {
    const [kind, wording] = pick(kinds);
    const short = pick([true, true, false]);
    const verb = "{pick|choose|name|give me|tell me|think of|select|say|draw|generate}";
    const prompt = short
      ? write(
          `{${verb} ${wording}|${verb} ${wording} at random|at random, ${verb} ${wording}}. {Answer with only that|Just that, nothing else|Reply with nothing else|One word only|Answer with a single word|In one word, please|Only the answer, please|Answer with the ${kind.split("-")[0]} only|Reply with just the ${kind.split("-")[0]}|No explanation}.`,
        )
      : write(
          `{${verb} ${wording}{ at random|}|could you ${verb} ${wording}|${verb} ${wording} {and say why|for me|for a game}}{.|, please.|}`,
        );
    return {
      prompt,
      subject: kind,
      rule: short ? "bare-pick" : "long-pick",
      short,
      slots: { pick: `<${kind}>` },
    };
  },
};
