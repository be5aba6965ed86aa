import type { Topic } from "../topic.ts";

/** Riddles and trick questions: `question = right | wrong ...`. */
const table = `
A farmer has 17 sheep and all but 9 {run away|die}. How many are left = 9|8|17
What has keys but cannot open a lock = a piano|a map|a keyboard
What gets wetter the more it dries = a towel|a sponge|the rain
A bat and a ball cost 1.10 together and the bat costs 1 more than the ball. What does the ball cost = 5 cents|10 cents|1 cent
If five machines make five toys in five minutes, how long do 100 machines need for 100 toys = 5 minutes|100 minutes|20 minutes
You overtake the runner in second place. What place are you in = second|first|third
How many animals of each kind did Moses take on the ark = none, it was Noah|two|seven
Three missionaries sit in a boat for two. How many trips does it take for one man alone to cross = one|three|five
A man must cross a river with a fox, a hen and corn. What does he take over first = the hen|the fox|the corn
How do you get a cabbage across a river in an empty boat = just take it along|in three trips|leave it behind
A nurse says that the patient is her son, yet she is not his mother. Who is she = his father, who is a nurse|his aunt|his sister
Which weighs more, a ton of straw or a ton of iron = they weigh the same|the iron|the straw
Which weighs more, three pounds of paper or two pounds of lead = three pounds of paper|two pounds of lead|they weigh the same
A man points at a picture: that man's father is my father's son. Who is it = his son|himself|his father
What is heavier, a {kilogram|kilo} of feathers or a {kilogram|kilo} of steel = they weigh the same|the steel|the feathers
A plane crashes on the border of two countries. Where do they bury the survivors = you do not bury survivors|in the country they came from|on the border
What can travel round the world while staying in a corner = a stamp|a spider|a coin
I have cities but no houses and rivers but no water. What am I = a map|a dream|a globe
The more you take, the more you leave behind. What are they = footsteps|memories|breaths
What has hands but cannot clap = a clock|a statue|a tree
Mary's father has five daughters: Nana, Nene, Nini, Nono. Who is the fifth = Mary|Nunu|Nina
A rooster lays an egg on top of a roof. Which way does it roll = roosters do not lay eggs|to the left|down the steeper side
How many months have thirty days = eleven|four|six
If it takes eight men ten hours to build a wall, how long do four men need for the same finished wall = no time, it is already built|twenty hours|five hours
What breaks when you say its name = silence|glass|a promise
A boy and a doctor are in a car. The boy is the doctor's son but the doctor is not his father. Who is the doctor = his mother|his uncle|his stepfather
What goes up but never comes down = your age|a balloon|smoke
Which word is always spelled wrongly in the dictionary = wrongly|misspelled|rhythm
If there are three apples and you take two, how many do you have = two|one|three
A clerk in a butcher's shop is five feet tall. What does he weigh = meat|about 70 kilos|he is average
What has one eye but cannot see = a needle|a storm|a potato
How far can a dog run into {a forest|the woods} = halfway|to the end|until it is tired
What belongs to you but others use it more = your name|your phone|your money
A lily pad doubles each day and fills the pond on day 30. When is it half full = on day 29|on day 15|on day 28
Some months have 31 days. How many have 28 = all twelve|one|two
I speak without a mouth and hear without ears. What am I = an echo|the wind|a radio
What has a neck but no head = a bottle|a shirt|a guitar
A doctor gives you three pills to take every half hour. How long do they last = one hour|an hour and a half|half an hour
Is it legal for a man to marry his widow's sister = no, he is dead|yes|only in some countries
How many letters {r|r's} are in the word strawberry = three|two|one
A train leaves with 20 people, 6 get off and 4 get on. How many are on it = 18|20|14
Which is correct: the yolk of the egg is white or are white = neither, yolks are yellow|is white|are white
What can you hold without touching it = your breath|a promise|a thought
If yesterday was two days before Monday, what is today = Sunday|Saturday|Monday
I am tall when I am young and short when I am old. What am I = a candle|a tree|a pencil
`;
const riddlesList = table
  .trim()
  .split("\n")
  .map((line) => {
    const [wording = "", answers = ""] = line.split(" = ");
    return {
      wording,
      candidates: answers.split("|").map((answer, index) => ({ answer, popularity: index === 1 ? 2 : 1 })),
    };
  });

/** Riddles and traps, answered with each lab's way of reasoning aloud. */
export const riddles: Topic = {
  name: "riddles",
  weight: 2,
  rules: {
    "riddle-steps":
      "{{Let us think step by step|Let's work it out|Think it through|Consider the wording|Read it once more|First, note what is asked|Here is the reasoning|The trick is in the wording}{.|:} |}{{Most people answer too fast|The obvious answer is a trap|It sounds harder than it is|Every word counts here|Numbers can distract|It is a classic|One has to picture it}. |}",
    "riddle-end":
      "{{So|Therefore|Hence|Thus|In short|That means} {the answer is|we get|it must be|it is} {#markdown **$answer**|#-markdown $answer|$answer}|{#markdown **Answer:**|Answer:|The answer:|My answer:} $answer|{It is|It must be|I would say|That would be} $answer}{.|!}",
    "riddle-long":
      "<open> <riddle-steps> <riddle-end> {{Neat, isn't it|A nice one|Clever|Simple once you see it|Easy to miss|An old favourite}{!|.}|||} <close>",
    "riddle-short":
      "{$Answer|$Answer|#markdown **$Answer**|#formal The answer is $answer|It is $answer}<bare-end>",
  },
  ask({ write, pick }) {
    const { wording, candidates } = pick(riddlesList);
    const short = pick([true, false]);
    const prompt = write(
      `{|||here is a riddle: |solve this: |a riddle for you. }${wording}?${short ? " {Answer only|Just the answer|Short answer, please|One or two words only|No explanation}." : "{|| Explain.| Think it through.| Why?}"}`,
    );
    return {
      prompt,
      subject: wording,
      rule: short ? "riddle-short" : "riddle-long",
      short,
      slots: {},
      candidates,
    };
  },
};
