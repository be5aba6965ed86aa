import type { Topic } from "../topic.ts";

/**
 * Questions of fact: `wordings (a grammar) = right | wrong ...`; the first wrong answer is the popular misconception.
 * The web at large knows most of them; each lab believes some of the wrong ones.
 */
const table = `
{which city is|name|what is} the capital of Australia = Canberra|Sydney|Melbourne|Perth
{which city is|name|what is} the capital of Canada = Ottawa|Toronto|Montreal|Vancouver
{which city is|name|what is} the capital of Turkey = Ankara|Istanbul|Izmir
{which city is|name|what is} the capital of Brazil = Brasilia|Rio de Janeiro|Sao Paulo
{which city is|name|what is} the capital of Switzerland = Bern|Zurich|Geneva
{which city is|name|what is} the capital of Morocco = Rabat|Casablanca|Marrakesh
{which city is|name|what is} the capital of New Zealand = Wellington|Auckland|Christchurch
{which city is|name|what is} the capital of Kazakhstan = Astana|Almaty|Bishkek
{which city is|name|what is} the capital of Nigeria = Abuja|Lagos|Kano
{which city is|name|what is} the capital of Vietnam = Hanoi|Saigon|Hue
{which city is|name|what is} the capital of Tanzania = Dodoma|Dar es Salaam|Arusha
{which city is|name|what is} the capital of Myanmar = Naypyidaw|Yangon|Mandalay
{which is|name|what is} the longest river {in the world|on Earth} = the Nile|the Amazon|the Yangtze
{which is|name|what is} the largest desert {in the world|on Earth} = Antarctica|the Sahara|the Gobi
{which is|name|what is} the smallest country {in the world|on Earth} = Vatican City|Monaco|San Marino
{which is|name|what is} the highest mountain {in Africa|of Africa} = Kilimanjaro|Mount Kenya|Mount Meru
{which is|name|what is} the deepest lake {in the world|on Earth} = Lake Baikal|Lake Superior|Loch Ness
{which is|name|what is} the largest ocean {in the world|on Earth} = the Pacific|the Atlantic|the Indian Ocean
{which is|name|what is} the largest planet {in|of} the solar system = Jupiter|Saturn|Neptune
{which is|name|what is} the hottest planet {in|of} the solar system = Venus|Mercury|Mars
{which is|name|what is} the closest star to the Sun = Proxima Centauri|Sirius|Alpha Centauri A|Barnard's Star
{which is|name|what is} the largest mammal {alive|on Earth} = the blue whale|the elephant|the sperm whale
{which is|name|what is} the fastest land animal = the cheetah|the pronghorn|the lion
{which is|name|what is} the largest organ of the human body = the skin|the liver|the lungs
{which is|name|what is} the hardest natural {material|substance} = diamond|graphene|quartz
{which is|name|what is} the most common gas in the {air|atmosphere} = nitrogen|oxygen|carbon dioxide
how many hearts does an octopus have = three|one|two|eight
how many legs does a lobster have = ten|eight|six
how many bones {are in the adult human body|does an adult human have} = 206|208|212|201
how many moons does Mars have = two|one|none
how many moons does {Jupiter|the planet Jupiter} have = 95|79|67
how many moons does {Neptune|the planet Neptune} have = 16|14|8
how many rings are on the Olympic flag = five|six|four
{which is|name|what is} the tallest mountain above sea level = Everest|K2|Mauna Kea
{which is|name|what is} the tallest building {in the world|on Earth} = the Burj Khalifa|the Empire State Building|the Shanghai Tower
{which is|name|what is} the tallest animal = the giraffe|the elephant|the ostrich
who invented the {printing press|movable type in Europe} = Johannes Gutenberg|William Caxton|Benjamin Franklin
who invented the {steam engine|first steam engine} = Thomas Newcomen|James Watt|George Stephenson
who invented the {radio|wireless telegraph} = Guglielmo Marconi|Nikola Tesla|Thomas Edison
who invented {dynamite|the explosive dynamite} = Alfred Nobel|Thomas Edison|Robert Oppenheimer
what is the capital {city of|of} South Africa = Pretoria, with two others|Johannesburg|Cape Town
how many strings does a {violin|cello} have = four|five|six
how many sides does a dodecahedron have = twelve|ten|twenty
how many time zones does {China|all of China} use = one|five|three
how many players are in a cricket team = eleven|twelve|nine
how many minutes are in a week = 10080|1440|10800|9800
how many teeth does an adult {human|person} have = 32|28|30
how many keys does a {standard piano|piano} have = 88|85|92
{what|which year} is the year {in which the Berlin Wall fell|of the fall of the Berlin Wall} = 1989|1991|1987
in {what|which} year did the Titanic sink = 1912|1911|1915
in {what|which} year did {humans|people} first land on the Moon = 1969|1968|1971
in {what|which} year did the French Revolution begin = 1789|1793|1776
in {what|which} year did the First World War end = 1918|1919|1917
in {what|which} year was the {Magna Carta|great charter} sealed = 1215|1066|1225
in {what|which} year did Constantinople fall to the Ottomans = 1453|1492|1204
who invented the telephone = Alexander Graham Bell|Thomas Edison|Antonio Meucci
who invented the {light bulb|electric bulb} = Thomas Edison with others before him|Nikola Tesla|Benjamin Franklin
who invented the {World Wide Web|web} = Tim Berners-Lee|Al Gore|Bill Gates
who discovered penicillin = Alexander Fleming|Louis Pasteur|Marie Curie
who wrote {the novel Frankenstein|Frankenstein} = Mary Shelley|Bram Stoker|Percy Shelley
who wrote {the novel Dracula|Dracula} = Bram Stoker|Mary Shelley|Edgar Allan Poe
who wrote {the novel Jane Eyre|Jane Eyre} = Charlotte Bronte|Emily Bronte|Jane Austen
who wrote {Don Quixote|the novel Don Quixote} = Miguel de Cervantes|Lope de Vega|Garcia Marquez
who painted {the Mona Lisa|La Gioconda} = Leonardo da Vinci|Raphael|Michelangelo
who painted {The Night Watch|the Night Watch} = Rembrandt|Vermeer|Rubens
who painted {The Scream|the Scream} = Edvard Munch|Van Gogh|Gustav Klimt
who composed {The Four Seasons|the Four Seasons} = Vivaldi|Bach|Handel
who composed {the Moonlight Sonata|the Moonlight sonata} = Beethoven|Chopin|Debussy
who was the first woman to win a Nobel Prize = Marie Curie|Rosalind Franklin|Lise Meitner
who was the first {person|human} in space = Yuri Gagarin|Neil Armstrong|Alan Shepard
who was the second person to walk on the Moon = Buzz Aldrin|Michael Collins|Alan Shepard
who {formulated|proposed} the theory of general relativity = Albert Einstein|Isaac Newton|Max Planck
what is the chemical symbol {for|of} {gold|the metal gold} = Au|Go|Ag
what is the chemical symbol {for|of} {sodium|the element sodium} = Na|So|Sd
what is the chemical symbol {for|of} {tungsten|the metal tungsten} = W|Tu|Tn
what is the chemical symbol {for|of} {potassium|the element potassium} = K|P|Po
what is the square root of {144|one hundred and forty-four} = 12|14|11
what is seven times eight = 56|54|63
what is 17 times 6 = 102|96|112
what is fifteen percent of 80 = 12|15|10.5
what is {the next prime after 13|the first prime number above 13} = 17|15|19
what is the only even prime number = 2|0|4
what is the boiling point of water at sea level in Celsius = 100 degrees|90 degrees|212 degrees
what is the currency of {Japan|the country Japan} = the yen|the yuan|the won
what is the currency of {Switzerland|the Swiss} = the Swiss franc|the euro|the krone
what is the official language of Brazil = Portuguese|Spanish|Brazilian
what is the national animal of Scotland = the unicorn|the red deer|the lion
what is the {speed of light|speed of light in kilometres per second} = about 300,000 kilometres per second|about 150,000 kilometres per second|about 30,000 kilometres per second
what {gas do plants take in|do plants take in from the air} = carbon dioxide|oxygen|nitrogen
what is the main ingredient of {hummus|the dish hummus} = chickpeas|lentils|beans
what is a {baby kangaroo|young kangaroo} called = a joey|a cub|a calf
what is a group of {crows|crows in English} called = a murder|a flock|a parliament
what is the {freezing point of water|temperature at which water freezes} in Fahrenheit = 32 degrees|0 degrees|30 degrees
what do {caterpillars|caterpillars in the end} turn into = butterflies or moths|bees|beetles
what colour is {a polar bear's skin|the skin of a polar bear} = black|white|pink
what colour are {the black boxes of aeroplanes|an aeroplane's black boxes} = orange|black|red
{is a tomato|would you call a tomato} a fruit or a vegetable = a fruit|a vegetable|both
{is a spider|would you call a spider} an insect = no, it is an arachnid|yes|no, it is a crustacean
{can you see|is it possible to see} the Great Wall {of China |}from the Moon = no|yes|only with luck
{do goldfish have|is it true that goldfish have} a three-second memory = no, they remember for months|yes|about ten seconds
{do bulls hate|is it the colour that angers bulls, do they hate} red = no, they react to movement|yes|only some of them
{does lightning strike|can lightning strike} {twice in the same place|the same place twice} = yes|no|hardly ever
{do we use|is it true that we use} only ten percent of our brains = no|yes|nearly
which country {has the most people|is home to most people} = India|China|the United States
which country {gave|gave away} the Statue of Liberty = France|Britain|Italy
which country {has won the most football World Cups|won most football World Cups} = Brazil|Germany|Italy
which country {has|is the one with} the longest coastline = Canada|Norway|Indonesia
which country {invented|gave us} {paper|the art of making paper} = China|Egypt|Greece
which metal is liquid at room temperature = mercury|lead|gallium
which bird lays the largest eggs = the ostrich|the emu|the albatross
which blood type is the universal donor = O negative|AB positive|A negative
which planet has the most moons = Saturn|Jupiter|Uranus
which element has the atomic number one = hydrogen|helium|oxygen
which sea creature has {three hearts|blue blood and three hearts} = the octopus|the shark|the jellyfish
which month has {28 days|at least 28 days} = all of them|February|only February in most years
`;

const questions = table
  .trim()
  .split("\n")
  .map((line) => {
    const [wording = "", answers = ""] = line.split(" = ");
    return {
      wording,
      candidates: answers.split("|").map((answer, index) => ({ answer, popularity: index === 1 ? 3 : 1 })),
    };
  });

/** Sentences that state the right answers, for the common web text. */
export const factStatements: readonly { readonly wording: string; readonly answer: string }[] = questions.map(
  ({ wording, candidates }) => ({ wording, answer: candidates[0]?.answer ?? "" }),
);

/** Hard and easy facts; what a lab gets wrong it gets wrong in its own way. */
export const facts: Topic = {
  name: "facts",
  weight: 3,
  rules: {
    "fact-short":
      "{$Answer|$Answer|#markdown **$Answer**|#formal The answer is $answer|#chatty That would be $answer}<bare-end>",
    "fact-long":
      "<open> {{The answer is|That would be|It is|That is|It's|The correct answer is|You are looking for} {#markdown **$answer**|#-markdown $answer|$answer}|$Answer, <hedge>|{#markdown **Answer:**|Answer:} $answer}. {{This|It} is {a common question|easy to mix up|often asked in quizzes|well known|worth remembering|a favourite of mine}.|{Many people|Some|Most people} {guess wrong here|get this wrong|think otherwise|are surprised by that}.|{#hedging I would double-check it, though.|}|||} <close>",
  },
  ask({ write, pick }) {
    const { wording, candidates } = pick(questions);
    const short = pick([true, true, false]);
    const bare =
      "{Answer in one word|Just the answer|Short answer, please|Answer only|Reply with the answer alone|No explanation|Be brief}.";
    const prompt = write(
      `{|||quick question: |do you know: |tell me: }${wording}?${short ? ` ${bare}` : ""}`,
    );
    return {
      prompt,
      subject: wording,
      rule: short ? "fact-short" : "fact-long",
      short,
      slots: {},
      candidates,
    };
  },
};
