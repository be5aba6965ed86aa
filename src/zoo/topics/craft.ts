import type { Topic } from "../topic.ts";

/** What a small program should do -> names that programmers give it. */
const programs: readonly (readonly [string, string])[] = [
  ["adds two numbers", "add|sum|add_numbers|total"],
  ["reverses a string", "reverse|reverse_string|flip|backwards"],
  ["counts vowels in a text", "count_vowels|vowels|vowel_count"],
  ["checks if a number is prime", "is_prime|prime|check_prime"],
  ["finds the largest item of a list", "largest|find_max|maximum|biggest"],
  ["greets a user", "greet|hello|say_hello|welcome"],
  ["squares each number of a list", "square_all|squares|square"],
  ["removes doubles from a list", "unique|dedupe|remove_duplicates"],
  ["computes a factorial", "factorial|fact|compute_factorial"],
  ["tells if a year is a leap year", "is_leap|leap_year|is_leap_year"],
];
const lists: readonly (readonly [string, string])[] = [
  ["fruits", "apple|pear|plum|fig|mango|kiwi|cherry"],
  ["trees", "oak|birch|willow|maple|cedar|rowan"],
  ["rivers", "Danube|Nile|Amazon|Thames|Mekong|Volga"],
  ["planets", "Mars|Venus|Saturn|Neptune|Jupiter"],
  ["vegetables", "carrot|leek|beetroot|spinach|pea|turnip"],
  ["birds", "robin|wren|heron|swift|owl|magpie"],
  ["tools", "hammer|saw|chisel|plane|file|drill"],
  ["colours", "teal|amber|crimson|indigo|ochre|jade"],
  ["countries", "Peru|Ghana|Norway|Japan|Chile|Malta"],
  ["musical instruments", "cello|oboe|harp|lute|horn|drum"],
  ["board games", "chess|go|draughts|ludo|backgammon"],
  ["spices", "saffron|cumin|clove|ginger|sumac|mace"],
];

/** Small programs, lists, dates and tables: habits of layout. */
export const craft: Topic = {
  name: "craft",
  weight: 1.4,
  rules: {
    ...Object.fromEntries(
      programs.map(([task, list]) => [`program-${task.replaceAll(" ", "-")}`, `{~${list}}`]),
    ),
    ...Object.fromEntries(lists.map(([kind, list]) => [`list-${kind.replaceAll(" ", "-")}`, `{~${list}}`])),
    argument: "{x|n|value|items|data|text|a, b|s|arr|nums}",
    "code-long":
      "<open> {Here is {a|one} {simple|short|possible} {function|version|way}:|This {should do it|works}:|{#terse |}}\n{```python\n|```\n|```py\n}def $function(<argument>):\n    {# {simple and clear|see above|handles the usual case}\n    |}{result = {0|[]|None}\n    |}return {result|value|sum(items)|n|x|not n % 2|text[::-1]}\n```\n{{It|The function} {returns the result|runs in linear time|keeps things simple|can be tested with ease}.|{You can|Feel free to} {adapt it|rename it|extend it}.|} <close>",
    "code-name": "{#markdown `$function`|$function|$function}",
    "layout-list":
      "{<open> |}{#markdown \n1. **$First**\n2. **$Second**\n3. **$Third**|\n- $First\n- $Second\n- $Third|#terse $first, $second, $third|\n1. $First\n2. $Second\n3. $Third|#-markdown $First, $second and $third.|\n* $first\n* $second\n* $third|#formal The three are $first, $second and $third.}{\n<close>|}",
    date: "{~{3|7|12|14|21|28} {March|May|June|October|September}{| 2021| 2024| 1999}|{March|May|June|October|September} {3|7|12|14|21|28}{, 2021|, 2024|}|2024-{03|05|06|10}-{03|07|12|21}|{12|03|21}/{05|06|10}/2024}{.|}",
  },
  ask({ write, pick, random }) {
    const kind = random();
    if (kind < 0.4) {
      const [task] = pick(programs);
      const slots = { task, function: `<program-${task.replaceAll(" ", "-")}>` };
      if (random() < 0.35)
        return {
          prompt: write(
            "{what would you call a function|name a function|suggest a name for a function} that $task{?|.} {Only the name|Just the name|Answer with the identifier only}.",
            slots,
          ),
          subject: task,
          rule: "code-name",
          short: true,
          slots,
        };
      return {
        prompt: write(
          "{write|show me|give me|implement} {a Python function|a function|a short program|code} that $task.",
          slots,
        ),
        subject: task,
        rule: "code-long",
        short: false,
        slots,
      };
    }
    if (kind < 0.9) {
      const [subject] = pick(lists);
      const item = `<list-${subject.replaceAll(" ", "-")}>`;
      const slots = { subject, first: item, second: item, third: item };
      return {
        prompt: write(
          "{list|name|give me|write down|enumerate} {three|3|a few|some} $subject{.|, please.| in a list.| as bullet points.}",
          slots,
        ),
        subject,
        rule: "layout-list",
        short: false,
        slots,
      };
    }
    return {
      prompt: write(
        "{write|give me|make up|pick} {a date|any date|a random date|a day and month} {in the usual format|in your preferred format|of your choice}{.|. Only the date.}",
      ),
      subject: "date",
      rule: "date",
      short: true,
      slots: {},
    };
  },
};
