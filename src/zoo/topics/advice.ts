import type { Topic } from "../topic.ts";

/** Things people ask help with -> pieces of advice: `do this` phrases that follow `you can`. */
const tasks: readonly (readonly [string, string])[] = [
  [
    "sleep better",
    "go to bed at the same hour|keep the room dark and cool|leave the phone in another room|skip coffee after noon|read something dull|write down what worries you|take a short walk at dusk",
  ],
  [
    "learn a language",
    "learn ten words a day|listen to the radio in it|speak from the first week|label things at home|find a partner to talk with|read books for children|repeat whole sentences aloud",
  ],
  [
    "save money",
    "write down what you spend|cook at home|wait a day before you buy|cancel what you do not use|set aside a little each week|compare prices|mend things",
  ],
  [
    "focus at work",
    "work in short blocks|turn off alerts|start with the hardest task|clear the desk|take real breaks|make a list of three things|say no more often",
  ],
  [
    "start running",
    "begin with short walks|run slower than you think|buy good shoes|rest every other day|keep a log|run with a friend|stretch afterwards",
  ],
  [
    "write a good email",
    "put the request first|keep it short|use a clear subject line|end with the next step|read it aloud once|leave out the jargon|thank them",
  ],
  [
    "cook rice",
    "rinse it until the water runs clear|use twice as much water|keep the lid on|let it rest off the heat|add a pinch of salt|fluff it with a fork",
  ],
  [
    "prepare for an interview",
    "read about the company|practise your answers aloud|prepare two questions|sleep well the night before|arrive early|bring examples of your work|breathe slowly",
  ],
  [
    "make new friends",
    "join a club|ask people about themselves|be the one who invites|show up every week|remember names|volunteer somewhere|be patient",
  ],
  [
    "grow tomatoes",
    "give them full sun|water the roots, not the leaves|tie them to a stake|pinch out side shoots|feed them each week|plant basil nearby",
  ],
  [
    "give a speech",
    "know your first line by heart|tell a story|pause often|look at one face at a time|practise on your feet|end early|drink some water",
  ],
  [
    "declutter a room",
    "start with one drawer|sort into three piles|give away doubles|take before and after photos|set a timer|put like with like|be ruthless with paper",
  ],
  [
    "plan a trip",
    "set a budget first|book the first night only|pack half of what you want|learn a few polite phrases|leave a free day|keep copies of papers|check the weather",
  ],
  [
    "study for an exam",
    "test yourself instead of rereading|space it over days|teach it to a friend|work through old papers|sleep before the test|make one page of notes",
  ],
  [
    "calm a nervous dog",
    "keep a steady routine|give it a quiet corner|speak softly|tire it out with walks|reward calm moments|avoid loud places",
  ],
  [
    "fix a flat bicycle tyre",
    "take the wheel off|find the hole with water|roughen the rubber|press on the patch|check the rim for glass|pump it up slowly",
  ],
  [
    "brew better coffee",
    "grind the beans fresh|weigh the water|use water just off the boil|warm the cup|clean the pot|try a finer grind",
  ],
  [
    "stop procrastinating",
    "do it for five minutes|break it into small steps|set a deadline with a friend|forgive yourself for yesterday|remove the fun distractions|reward each step",
  ],
  [
    "take good photos",
    "move closer|use the light of early morning|keep the background plain|take many and keep few|hold still|look for lines",
  ],
  [
    "host a dinner party",
    "cook what you know|prepare a dish ahead|ask about allergies|light some candles|let guests help|keep dessert simple",
  ],
  [
    "write a short story",
    "begin in the middle|give someone a want|cut the first paragraph|use your senses|let the ending surprise you|read it aloud",
  ],
  [
    "remove a coffee stain",
    "blot it at once|use cold water|try a little vinegar|dab, never rub|add some baking soda|wash it as usual",
  ],
  [
    "choose a gift",
    "think of what they do on Sundays|listen for hints|give something you can share|keep the receipt|wrap it with care|add a handwritten note",
  ],
  [
    "train for a long hike",
    "walk with a loaded pack|break in the boots|climb stairs|drink before you are thirsty|build up distance slowly|carry layers",
  ],
];

/** How-to questions, tips and lists: formatting habits show most here. */
export const advice: Topic = {
  name: "advice",
  weight: 2.4,
  rules: {
    ...Object.fromEntries(tasks.map(([task, list]) => [`tips-${task.replaceAll(" ", "-")}`, `{~${list}}`])),
    "advice-lead":
      "{Here are {three|a few|some|my three} {tips|ideas|steps|suggestions|pointers}{ for you| to $task| that {work|help}|}:|{To $task|If you want to $task}, {try this|start here|keep it simple|do the following}:|{A few things help|Three things matter here|It comes down to three habits}:|{#terse |}}",
    "advice-list":
      "{#markdown \n1. **$first**\n2. **$second**\n3. **$third**\n|#terse \n- $first\n- $second\n- $third\n|\n1. $first.\n2. $second.\n3. $third.\n|\n* $first\n* $second\n* $third\n|#-markdown {First|To begin|Start simple}, $first. {Then|Next|After that|Second}, $second. <finally>, $third.|#-markdown {you can|I would|it pays to|try to} $first, $second and $third.|#formal {it is advisable to|one should|I recommend that you} $first; <also>, $second; <finally>, $third.}",
    "advice-why":
      "{{It|This} {takes|needs} {time|practice|patience}, {but|yet} {it is worth it|it pays off|small steps count}.|{The key|The trick|The secret|What matters} is to {start small|stay patient|keep going|be kind to yourself|make it a habit}.|{#hedging What works best {depends on you|may vary}.|}||}",
    "advice-long": "<open> <advice-lead> <advice-list> <advice-why> <close>",
    "advice-one":
      "<open> {My one tip|If I had to give one tip|The best thing you can do|One thing that works|Above all}: $first{, <because> {it costs nothing|it {builds|brings} {~<feeling>|<feeling>}|it gets you going|the rest follows}|}. <close>",
  },
  ask({ write, pick, random }) {
    const [task] = pick(tasks);
    const tip = `<tips-${task.replaceAll(" ", "-")}>`;
    const slots = { task, first: tip, second: tip, third: tip };
    const one = random() < 0.3;
    const prompt = one
      ? write(
          "{give me one tip to $task|what is the best way to $task, in one sentence|in one sentence, how do I $task|one piece of advice to $task, please|your single best tip to $task}{.|?}",
          slots,
        )
      : write(
          "{{how do I $task|how can I $task|what should I do to $task|can you help me {to $task|$task}|I want to $task. {What do you suggest|Any advice|Where do I start}|how would you $task}?|{give me|list|write} {three|3|some|a few} {tips|ideas|steps|ways} {to $task|for people who want to $task}{| as a list| in bullet points}.|{explain|tell me|show me} how to $task{| step by step}.}",
          slots,
        );
    return { prompt, subject: task, rule: one ? "advice-one" : "advice-long", short: false, slots };
  },
};
