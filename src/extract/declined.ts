import { wordsOf } from "./words.ts";

const alone = (words: string) => `(?<!\\p{L})(?:${words})(?!\\p{L})`;

/**
 * How an answer begins that gives none, in some thirty languages: apology, inability, ignorance, "as an AI", "there is no
 * such ...". Common phrases only; what is missed is read as before.
 */
const phrases = [
  alone(
    "(?:i'm|i am|we're|so) (?:(?:\\p{L}+ ){0,2})?(?:sorry|afraid|unable|unaware|unfamiliar)|sorry|i apologi[sz]e|my apologies|apologies|unfortunately|" +
      "i (?:can't|cannot|can not|won't|will not|couldn't|could not|don't|do not|didn't|have no|haven't|am unable|wasn't able|was unable|must decline)|i'd rather not|" +
      "as an? (?:ai|artificial|large|language|virtual)|(?:i'm|i am) (?:just |only )?an? (?:ai|artificial|large language|language model)|" +
      "(?:i'm|i am|it's|that's) not (?:\\p{L}+ )?(?:aware|familiar|sure|certain|able|possible|something)|not (?:aware|familiar|sure|certain)|unable to|no idea|no comment|" +
      "there (?:is no|isn't|are no|aren't|doesn't)|there's no|no (?:such|record|records|information|known|novel|book|person|one)|(?:does not|doesn't) (?:exist|appear|seem)",
  ),
  alone(
    "(?:es )?tut mir leid|entschuldig\\p{L}*|leider|verzeihung|keine ahnung|ich (?:kann|weiß|weiss|habe|darf|bin|kenne) (?:\\p{L}+ ){0,4}(?:nicht|kein\\p{L}*)|als (?:ki|ai|sprachmodell|künstliche)|es gibt kein\\p{L}*|" +
      "désolée?|malheureusement|aucune idée|je (?:ne|n')\\p{L}*|en tant qu(?:e|')|il n'(?:existe|y a)|" +
      "lo siento|disculp\\p{L}*|lamentablemente|no (?:puedo|sé|tengo|conozco|dispongo|existe|hay|estoy|encuentro)|como (?:ia|modelo|inteligencia|asistente)|" +
      "mi dispiace|purtroppo|non (?:posso|so|ho|conosco|sono|esiste|dispongo|c'è)|come (?:ia|modello|intelligenza|assistente)|" +
      "desculp\\p{L}*|lamento|sinto muito|infelizmente|(?:eu )?não (?:posso|sei|tenho|conheço|existe|consigo|há)|como (?:uma? )?(?:inteligência|assistente)",
  ),
  alone(
    "het spijt me|helaas|ik (?:kan|weet|heb|ben|ken) (?:\\p{L}+ ){0,3}(?:niet|geen)|als (?:ai-)?taalmodel|tyvärr|ledsen|beklag\\p{L}*|desværre|dessverre|jag (?:kan|vet|har) (?:inte|inga|ingen)|jeg (?:kan|ved|vet|har) (?:ikke|ingen)|" +
      "pahoittelen|valitettavasti|en (?:voi|tiedä|osaa|pysty)|przepraszam|przykro mi|niestety|nie (?:mogę|wiem|mam|znam|jestem|istnieje)|omlouvám|bohužel|ne(?:mohu|můžu|vím|mám|znám)|" +
      "îmi pare rău|din păcate|nu (?:pot|știu|am|cunosc|există)|извин\\p{L}*|к сожалению|не (?:могу|знаю|имею|уверен\\p{L}*|располагаю|существует)|у меня нет|как (?:ии|языковая|искусственн\\p{L}*)|" +
      "вибач\\p{L}*|на жаль|не (?:маю|існує)|у мене немає|як (?:ші|мовна)|λυπάμαι|συγγνώμη|δυστυχώς|δεν (?:μπορώ|ξέρω|γνωρίζω|έχω|υπάρχει)|ως (?:γλωσσικό|τεχνητή)|" +
      "üzgünüm|maalesef|ne yazık ki|bilmiyorum|bir yapay zek[aâ]|dil modeli|bocsánat|sajn\\p{L}*|nem (?:tudom|tudok|ismerem)",
  ),
  alone(
    "آسف|عذرا|عذرًا|أعتذر|للأسف|لا (?:أستطيع|يمكنني|أعرف|أعلم|أملك|توجد|يوجد)|ليس لدي|لست|كنموذج|بصفتي|מצטער\\p{L}*|סליחה|לצערי|(?:אני )?לא (?:יכול|יודע|מכיר|בטוח)|אין לי|כמודל|" +
      "متأسفم|متاسفم|متأسفانه|متاسفانه|ببخشید|نمی ?(?:توانم|دانم)|maaf|saya (?:tidak|belum)|tidak (?:dapat|bisa|tahu|ada|memiliki)|sebagai (?:ai|model|asisten)|" +
      "xin lỗi|rất tiếc|(?:tôi |mình )?không (?:thể|biết|có)|samahani|siwezi|sijui|sina",
  ),
  "क्षमा|माफ़|माफ|खेद|नहीं (?:कर|बता|दे|जान|पता)|पता नहीं|দুঃখিত|ক্ষমা|জানি না|জানা নেই|மன்னிக்க|தெரியாது|முடியாது|ขอโทษ|ขออภัย|เสียใจ|ไม่(?:สามารถ|ทราบ|รู้|มี|แน่ใจ)",
  "申し訳|すみません|ごめん|わかりません|分かりません|存じません|できません|できかね|お答え(?:する|でき)|持っていません|存在しま|言語モデル|죄송|미안|모르겠|모릅|알 수 없|할 수 없|못합니다|언어 모델|인공지능",
  "抱歉|对不起|對不起|不好意思|无法|無法|不知道|不清楚|不确定|不確定|没有(?:找到|关于|任何|这)|沒有(?:找到|關於|任何|這)|作为(?:一个|一名)?(?:AI|人工|语言)|作為(?:一個)?(?:AI|人工|語言)|不存在|查无|未找到",
].join("|");
const declining = new RegExp(phrases, "iu");

/** After these the answer may come all the same. */
const turning = new RegExp(
  `${alone(
    "but|however|though|that said|still|instead|if i|if you|my (?:best )?guess|perhaps|maybe|let's|aber|allerdings|dennoch|vielleicht|mais|cependant|toutefois|pero|sin embargo|quizás|ma|però|tuttavia|forse|mas|porém|talvez|maar|misschien|men|mutta|ale|jednak|dar|но|однако|але|проте|αλλά|ama|fakat|ancak|لكن|ولكن|אבל|اما|ولی|लेकिन|पर|কিন্তু|ஆனால்|tapi|tetapi|namun|nhưng|แต่|lakini",
  )}|但|不过|不過|可是|ですが|しかし|でも|하지만|지만`,
  "iu",
);

/** Characters of the opening in which a phrase must stand. */
const openingLength = 80;

/** Whether a part of an answer says that none is given. */
export function declines(part: string): boolean {
  return declining.test(part.slice(0, openingLength));
}

const sentence = /^[^.!?。！？\n]{0,200}/u;

/**
 * What is left of an answer that begins by declining: what comes after a "but", or null where none comes. Other answers
 * are returned as they are. A single word is an answer, whatever it says.
 *
 * @param text - normalised, without markup
 */
export function afterDeclining(text: string): string | null {
  let rest = text.trim();
  for (let turns = 0; turns < 4; turns++) {
    const [opening = ""] = sentence.exec(rest) ?? [];
    if (!declines(opening) || wordsOf(rest, "en", 2).length < 2) return turns === 0 ? text : rest;
    const turn = turning.exec(rest.slice(0, 1_000));
    if (turn === null) return null;
    rest = rest.slice(turn.index + turn[0].length).replace(/^[\s,:;.-]{1,20}/u, "");
  }
  return null;
}

/** A text without the sentences, up to four, with which it begins by declining; those that turn are kept from there. */
export function withoutDeclining(text: string): string {
  let rest = text;
  for (let sentences = 0; sentences < 4; sentences++) {
    const [opening = ""] = sentence.exec(rest.trimStart()) ?? [];
    const plain = opening.replace(/’/g, "'");
    if (!declines(plain) || wordsOf(rest, "en", 2).length < 2) return rest;
    const turn = turning.exec(plain);
    rest = rest.trimStart().slice(turn === null ? opening.length + 1 : turn.index + turn[0].length);
  }
  return rest;
}
