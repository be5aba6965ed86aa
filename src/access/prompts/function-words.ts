/**
 * Words that say how a sentence is built, not what it is about: articles, pronouns, prepositions, conjunctions, auxiliaries
 * and the words of a request ("please", "explain"), lower case, in languages that are frequent in logs. Closed classes, so
 * that a list serves; what it lacks (other languages) class-based tf-idf ranks low.
 */
const byLanguage = {
  en: "a about above after again against all also although am among an and any are as at be because been before being below between both but by can cannot could did do does doing don't down during each either else ever every few for from further get give given go had has have having he her here hers herself him himself his how however i i'd i'll i'm i've if in into is isn't it it's its itself just least less let let's like make many may me might more most much must my myself need neither no nor not now of off often on once one only onto or other others our ours out over own per please quite rather same shall she should show since so some still such tell than that that's the their theirs them themselves then there these they this those though through thus to too toward two under until up upon us use used using very via want was we were what what's when where whether which while who whom whose why will with within without would write yes yet you your yours yourself explain example",
  de: "aber alle als also am an auch auf aus bei bin bis bitte da damit dann das dass dein dem den denn der des die dies diese dieser dieses doch du durch ein eine einem einen einer eines er es für gegen hat hatte ich ihr ihre im in ist ja kann kein keine können man mein mich mir mit muss nach nicht noch nur ob oder ohne schon sehr sein sich sie sind so über um und uns unter vom von vor war warum was wenn wer werden wie wird wir wo zu zum zur",
  es: "a al algo como con cuál cuando cómo de del desde donde el ella ellos en entre era es esa ese eso esta está este esto fue ha hay la las le lo los más me mi muy ni no nos o para pero por porque qué que quién se ser si sin sobre son su sus también te tiene tu un una uno y ya yo",
  fr: "à ai au aux avec c'est ce ces cette comme comment dans de des donc du elle en entre est et être eu fait il ils j'ai je la le les leur lui ma mais me mes moi mon ne nos notre nous on ou où par pas plus pour pourquoi qu'est qu'il que quel quelle qui sa sans se ses si son sont sur ta te tes toi ton tous tout très tu un une vos votre vous y",
  it: "a ai al alla anche che chi ci come con da dal dei del della delle di dove e è ed era gli ha hai ho i il in io la le lei lo loro lui ma mi mia mio ne nei nel nella no noi non o per perché più quale quando questa questo qui se sei si sia sono su sua suo ti tra tu un una uno voi",
  nl: "aan al als bij dan dat de der deze die dit door een en er het hij hoe ik in is je kan maar me met mijn naar niet nog of om onder ons ook op over te tot u uit van veel voor waar waarom was wat we wel wie wij wordt zal ze zich zijn zo zou",
  pl: "a aby ale bardzo by być co czy dla do gdy go i ich jak jaki jako je jego jej jest jeszcze już kiedy która które który lub ma mi mnie może na nad nie niż o od on ona oraz po pod przez przy są się tak tam te tego ten to tu ty tylko w we więc z za że",
  pt: "a ao aos as até com como da das de dele do dos e é ela ele em entre era essa esse esta está este eu foi há isso já mais mas me meu muito na não nas no nos o onde os ou para pela pelo por porque qual quando que quem se sem ser seu são só sua também te tem um uma você",
  ru: "а без более бы был была были было быть в вам вас во вот все всё вы где да для до его ее её если есть же за и из или им их к как какой когда кто ли меня мне мой мы на над не него нет но о об он она они от по под при с свой себя со так такой там то тоже только ты у уже чем что чтобы эта эти это этот я",
  zh: "的 了 是 在 和 与 或 也 都 就 不 没 有 我 你 他 她 它 们 这 那 吗 呢 吧 啊 把 被 让 给 从 到 对 为 以 及 其 而 但 要 会 能 可 请 个 一 什 么 怎 样",
  ja: "の は が を に へ と で も や か ら な だ た て し す る れ い う さ ま ん",
} as const;

/** See `byLanguage`. */
export const functionWords: ReadonlySet<string> = new Set(
  Object.values(byLanguage).flatMap((words) => words.split(" ")),
);
