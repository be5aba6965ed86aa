/** What opens an answer without being a part of it, when a mark follows. */
const interjections =
  "sure|certainly|absolutely|of course|okay|ok|alright|great|hmm|well|hello|hi|gladly|klar|gerne?|natürlich|sicher|bien sûr|d'accord|volontiers|voici|voilà|" +
  "claro|por supuesto|vale|certo|certamente|va bene|ecco|natuurlijk|självklart|selvfølgelig|oczywiście|jasne|jistě|sigur|desigur|конечно|хорошо|звичайно|βεβαίως|φυσικά|" +
  "tabii|tabii ki|elbette|بالتأكيد|بالطبع|حسنا|حسنًا|בטח|כמובן|البته|حتما|حتماً|ज़रूर|जरूर|बिल्कुल|निश्चित रूप से|অবশ্যই|நிச்சயமாக|tentu|tentu saja|baik|tất nhiên|dạ|vâng|hakika|sawa|แน่นอน|ได้เลย|" +
  "もちろん|もちろんです|はい|了解です|承知しました|물론|물론이죠|물론입니다|네|예|当然|當然|好的|好|可以";
const interjection = new RegExp(
  `^(?:[¡"']?(?:${interjections})(?: thing| there| che sì| que sí)? ?[!,.:…、。，！]{1,3}\\s{0,4}){1,3}(?=\\S)`,
  "iu",
);

/** A text without the words that open it and are no part of the answer: "Sure! Here you go: moss" without "Sure!". */
export function withoutInterjection(text: string): string {
  return text.replace(interjection, "");
}
