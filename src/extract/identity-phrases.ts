// How some twenty languages say who one is and who made one. Read on one sentence, never on a whole answer.

const alone = (words: string) => `(?<!\\p{L})(?:${words})(?!\\p{L})`;

/** The speaker says who it is; the name may follow within a few words. */
export const selfCues = [
  alone(
    "i am|i'm|im|my name is|my name's|call me|i go by|known as|i was|i have been|i've been|my (?:creators?|developers?|makers?|company|parent company|team) (?:is|are)|" +
      "ich bin|ich heiße|ich heisse|mein name ist|nenn mich|ich wurde|je suis|je m'appelle|mon nom est|j'ai été|soy|me llamo|mi nombre es|fui|he sido|" +
      "sou|chamo-me|me chamo|meu nome é|sono|mi chiamo|il mio nome è|ik ben|ik heet|mijn naam is|jag är|jag heter|jeg er|jeg heter|jeg hedder|olen|nimeni on|" +
      "jestem|nazywam się|jsem|jmenuji se|sunt|mă numesc|я|меня зовут|мо[её] имя|меня|мене звати|мене|είμαι|με λένε|ονομάζομαι|ben|adım|benim adım|" +
      "saya|nama saya|aku|tôi là|tên tôi là|tên là|tôi được|mình là|ako si|ako ay|أنا|انا|اسمي|אני|שמי|من|نام من|मैं|मेरा नाम|मुझे|আমি|আমার নাম",
  ),
  "我是|我叫|我的名字是|我的名字叫|叫我|名叫|我由|我來自|我来自",
  "(?:私|僕|俺|わたし|わたくし|名前)(?:の名前|の名)?は",
  "(?:저는|나는|제 이름은|내 이름은|저의 이름은|저를)",
  "(?:ฉัน|ผม|ดิฉัน|เรา)(?:คือ|ชื่อ|เป็น|ถูก)",
].join("|");

/** Whose work the speaker is; the maker follows within a few words. */
export const makerCues = [
  alone(
    "(?:created|developed|trained|made|built|designed|powered|provided|launched|released|fine-?tuned|introduced|produced|programmed|engineered) (?:by|at)|" +
      "based on|(?:entwickelt|trainiert|erstellt|geschaffen|gebaut|programmiert)\\p{L}{0,2} (?:von|durch)|(?:wurde|bin) (?:von|durch)|" +
      "(?:créée?|développée?|entraînée?|conçue?|formée?) par|(?:cread|desarrollad|entrenad|diseñad|hech)[oa] por|(?:criad|desenvolvid|treinad|feit)[oa] (?:por|pela|pelo)|" +
      "(?:creat|sviluppat|addestrat|progettat)[oa] da(?:l|lla)?|(?:ontwikkeld|gemaakt|getraind) door|door|(?:stworzon|opracowan|wytrenowan)\\p{L}{1,3} przez|" +
      "(?:создан|разработан|обучен)\\p{L}{0,2}(?: компанией)?|(?:создал|разработал|обучил)\\p{L}{0,2}|" +
      "(?:dikembangkan|dibuat|dilatih) oleh|(?:phát triển|tạo ra|đào tạo) bởi|تم تطويري|طورتني|أنشأتني|دربتني|بواسطة|من قبل|من تطوير",
  ),
  "由|来自|來自",
].join("|");

/** The maker stands first: "OpenAI created me", "OpenAIによって開発された", "由OpenAI开发". */
export const workAfter = new RegExp(
  [
    "^.{0,20}? (?:created|developed|trained|made|built|designed|programmed) me(?!\\p{L})",
    "^.{0,12}? (?:hat|haben) mich(?!\\p{L})",
    "^.{0,12}? (?:m'a|m'ont) ",
    "^.{0,12}? (?:me (?:creó|desarrolló|entrenó|criou|desenvolveu|treinou)|mi ha )",
    "^.{0,12}? (?:создал|разработал|обучил)\\p{L}{0,2} меня",
    "^.{0,12}?(?:开发|開發|创建|創建|训练|訓練|研发|研發|打造|创造|創造|设计|設計)了我",
  ].join("|"),
  "iu",
);

/** In verb-final languages the sentence shows only after the name that it is about the speaker. */
export const closings =
  /^.{0,24}?(?:です|である|と申し|といい|という|によって|が開発|に開発|の(?:ai|言語モデル|アシスタント)|입니다|이라고|라고|이에요|예요|에서|에 의해|이 개발|가 개발|tarafından|adlı|ım(?!\p{L})|im(?!\p{L})|हूँ|हूं|है|ने |द्वारा|হ)/iu;
/** Scripts of such languages. */
export const verbFinal =
  /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Devanagari}\p{Script=Bengali}]/u;

/** Between the speaker and the name: denial, comparison, or talk of somebody else. */
export const otherwise = new RegExp(
  `${alone(
    "not|never|neither|nor|no|unlike|like|similar|compare[ds]?|comparison|comparable|than|alternative|instead|versus|vs|competitors?|such as|e\\.g|for example|other|others|about|know|knew|heard|confused|mistaken|different|without|talk\\p{L}*|help\\p{L}*|use|uses|users?|" +
      "nicht|kein\\p{L}*|wie|anders|ähnlich\\p{L}*|weder|noch|über|pas|ni|comme|contrairement|similaire|différent|aucun|jamais|como|diferente|similar|tampoco|nunca|non|come|né|diverso|simile|não|nem|semelhante|" +
      "niet|geen|zoals|inte|ikke|ei|en ole|nie|jak|podobn\\p{L}*|не|ні|ни|как|як|подобно|похож\\p{L}*|отлича\\p{L}*|знаю|про|об|değil|gibi|benzer|bukan|tidak|seperti|không|như|giống|hindi|لست|ليس|مثل|لا|לא|כמו|نیستم|مانند|नहीं|जैसा|जैसे|δεν|σαν",
  )}|\\p{L}n't(?!\\p{L})|不|并非|並非|没|没有|像|类似|類似|ไม่|เหมือน`,
  "iu",
);
/** After the name, where denial and comparison come last. */
export const otherwiseAfter =
  /^.{0,16}?(?:では(?:な|あり)|じゃ(?:な|あり)|とは|のよう|について|と同様|に似|아니|아닙|처럼|같은|와 다|과 다|에 대해|değil|gibi|hakkında|नहीं|जैस|के बारे)/u;
/** What "not A but B" says of B begins here. */
export const contrast = new RegExp(
  `${alone("but|rather|actually|instead i'm|sondern|mais|sino|ma|mas|maar|men|но|а|ale|sondern")}|而是|ではなく|아니라`,
  "giu",
);
/** Before the speaker: what follows is denied, or what others believe. */
export const supposed = new RegExp(
  `(?:${alone("not|never|if|whether|told|pretend\\p{L}*|claim\\p{L}*|thinks?|thought|assume\\p{L}*|say|says|said|nicht|ob|pas|si|no|non|não|не|если")}|n't)(?: \\p{L}{1,9}){0,2} $`,
  "iu",
);

/** The sentence speaks of its author. */
export const firstPerson = new RegExp(
  `${alone("i|i'm|i've|me|my|we|our|ich|mich|mir|mein\\p{L}{0,2}|wir|je|j'ai|moi|mon|ma|yo|soy|me|mi|fui|eu|sou|meu|minha|io|sono|mio|mia|ik|mij|mijn|jag|jeg|mig|jestem|mnie|я|меня|мой|моя|мене|ben|beni|benim|saya|tôi|mình|أنا|انا|אני|من|मैं|मुझे|मेरा|আমি")}|我|本模型|私|僕|저|나는|ฉัน|ผม`,
  "iu",
);

/** Prompts that ask who the model is. */
export const identityQuestions = new RegExp(
  [
    alone(
      "who are you|what are you|what(?: is|'s) your name|your name|which (?:ai|model|language model|company|lab)|what (?:ai|model|language model) (?:are|is)|who (?:made|created|built|developed|trained|designed) you|introduce yourself|" +
        "wer bist du|wer hat dich|wie hei(?:ß|ss)t du|qui es-tu|qui êtes-vous|qui t'a|comment t'appelles|comment vous appelez|quién eres|cómo te llamas|quién te|quem é você|quem te|qual é o seu nome|chi sei|come ti chiami|chi ti|wie ben je|hoe heet je|wie heeft je|" +
        "kim jesteś|jak się nazywasz|kto cię|кто ты|как тебя зовут|кто тебя|кто вы|sen kimsin|seni kim|adın ne|siapa kamu|siapa anda|siapa yang|bạn là ai|ai đã tạo|من أنت|ما اسمك|من طورك|من صنعك|तुम कौन|आप कौन|आपको किसने",
    ),
    "你是谁|你是誰|你叫什么|你叫什麼|你的名字|谁开发|誰開發|谁创造|哪家公司|什么模型|什麼模型|あなたは誰|君は誰|お名前|誰が(?:あなた|作)|誰に作|누구(?:세요|니|야|입니까|신가요)|이름이|누가 (?:당신|너)|คุณคือใคร|คุณชื่อ|ใครสร้าง",
  ].join("|"),
  "iu",
);
