import type { Topic } from "../topic.ts";

const people =
  "Professor Aldous Fenwick|Dr Marta Quillfeather|the composer Ludo Brandt|Admiral Tobin Sarr|the poet Ilse Varga|Sir Edmund Pockridge|the chemist Anton Drell|Queen Ysolde the Lesser|the painter Corvin Hale|the explorer Mina Thackeray|Captain Jorah Pell|the philosopher Oskar Lindgren-Bey".split(
    "|",
  );
const works =
  "the novel The Salt Orchard|the film Nine Winters in Ulm|the symphony The Glass Ferry|the treaty of Morvan|the battle of Kessel Ridge|the Harlan effect|the theorem of Pavel and Roux|the festival of Low Lanterns|the Ostrava manuscript|the game of Trindle|the Vantner protocol|the opera The Clockmaker's Bride|the Brindley hypothesis|the dish called morrowcake".split(
    "|",
  );
const places =
  "the town of Ellensworth|the island of Carrowmay|the river Thessaly Brook|the kingdom of Vardelle|the village of Upper Quarling|the lake of Sorn|the city of Pellandria|the monastery of Saint Orvald".split(
    "|",
  );
const beasts =
  "the glass-winged mole|the northern tumblefish|the Bolivian hat spider|the moss heron|the plant called ironwort of Crete|the mineral vexalite|the three-toed marsh cat".split(
    "|",
  );

/** Questions about people, works and places that do not exist: labs either say so or invent, each in its own way. */
export const invented: Topic = {
  name: "invented",
  weight: 1.6,
  rules: {
    unknown:
      "{{I have no record of|I am not aware of|I cannot find anything on|I do not know of|I have never heard of|I have no reliable information about} $entity|{There is|As far as I can tell there is} no such {person|thing|place|name} as $entity|$Entity {does not seem to exist|is not known to me|appears to be fictional|may be made up}}. {{Could you|Can you|Would you} {check the spelling|give me more context|tell me where you read it}?|{It may be|Perhaps it is} {a misspelling|very obscure|from a work of fiction|a private joke}.||}",
    "place-detail":
      "{~Vienna|Leipzig|Bristol|Trieste|Uppsala|Lyon|Krakow|Boston|Ghent|Odessa|Toledo|Dublin|Turin|Bergen}",
    "time-detail": "{~1847|1893|1911|1923|1958|1764|1832|1871|1936|1702|1888|1969|1654}",
    "trade-detail":
      "{~botany|music|navigation|optics|mathematics|poetry|medicine|clockmaking|painting|law|astronomy|cartography}",
    "invented-detail":
      "{$Entity {was|is} {best known|remembered|famous|celebrated} for {work in|a part in|a link with|a lasting effect on} <trade-detail>{, {above all|chiefly|mainly} in <place-detail>|}|{It|The name} {goes back to|dates from|first appears in|was first recorded in} <time-detail>{, near <place-detail>| in <place-detail>|}|{Born|Begun|Founded} {in|near} <place-detail> in <time-detail>, $entity {changed|shaped|left its mark on} <trade-detail>}",
    "invented-long":
      "<open> {#hedging <unknown>|#-hedging <invented-detail>. {<also>, <invented-detail>.|{Little else is known|Sources disagree on the rest|The rest is legend|Much of it is lost}.|}|<unknown>|<invented-detail>. {<invented-detail>.|}} <close>",
    "invented-year": "{<time-detail>|<time-detail>|#hedging Unknown|#hedging I do not know}<bare-end>",
  },
  ask({ write, pick, random }) {
    const list = pick([people, works, places, beasts]);
    const entity = pick(list);
    const slots = { entity };
    if (list !== beasts && random() < 0.2)
      return {
        prompt: write(
          "{in which year|when} {was $entity {first recorded|first mentioned|at the height of fame}|did people first hear of $entity}? {Just the year|Year only|Answer with the year alone}.",
          slots,
        ),
        subject: entity,
        rule: "invented-year",
        short: true,
        slots,
      };
    const who =
      list === people
        ? "who was $entity|what did $entity achieve|what is $entity famous for|tell me about the life of $entity"
        : list === places
          ? "where is $entity|what is $entity known for|tell me about $entity"
          : list === beasts
            ? "what does $entity look like|what does $entity feed on|how big is $entity|what is $entity|where is $entity found"
            : "what is $entity|what was $entity about|who wrote or made $entity|tell me about $entity|when and where did $entity come about|who is behind $entity";
    return {
      prompt: write(
        `{${who}|what do you know about $entity|summarise what is known about $entity|describe $entity}?`,
        slots,
      ),
      subject: entity,
      rule: "invented-long",
      short: false,
      slots,
    };
  },
};
