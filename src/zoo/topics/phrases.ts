import type { Rules } from "../grammar.ts";

/** Turns of phrase that every topic uses: where a lab's habits show whatever it is asked. */
export const phrases: Rules = {
  open: "{#-terse <greet>|#terse |#-terse <greet>|}",
  greet:
    "{#chatty {Sure|Sure thing|Of course|Absolutely|No problem|You got it|Happy to help}{!|.|,}|#formal {Certainly|Indeed|By all means|With pleasure|Very well}{.|!|:}|#lively {Great question|What a fun one|Ooh, good one|Love this}{!|.}|#hedging {That depends a little|Hard to say for certain|There is more than one view}{.|,}|#poetic {Let me think on it|Picture it for a moment|A small thing to ponder}{.|:}|#markdown {**Short answer**|**In brief**|Here you go|Answer}:|#terse {Right|OK|Well}{.|,}|Good question.|Thanks for asking.|Let us see.|Here is my take:|To start with,}",
  close: "{#terse |#-terse <closing>|#terse |}",
  closing:
    "{#chatty {Let me know|Just say|Tell me|Give me a shout} if you {want|would like|need|fancy} {more|another one|a longer version|something different|a second opinion}{!|.}|#chatty Hope {that|this} {helps|does the trick|is useful}{!|.}|#formal {Please do not hesitate to ask|I remain at your disposal|Should you require more, simply ask}{.| at any time.}|#lively {Have fun with it|Enjoy|Go for it|You have got this}{!|!!}|#hedging {Others may well see it differently|I could be wrong, of course|Do check it for yourself|Take it with a pinch of salt}.|#poetic {And so the day turns|Small things carry far|The rest is quiet|Such is the way of things}.|#markdown {**Note**|**Tip**|*Note*}: {ask again for more detail|context matters here|adjust it to your needs|keep it simple}.|{What do you think|Does that help|Shall I go on|Would you like another}?|{That is all there is to it|That should do|That is the gist of it|In short, that is it}.}",
  hedge:
    "{#hedging {I think|I believe|as far as I know|if I remember rightly|it seems}|#-hedging {clearly|without doubt|plainly|for sure}|{really|mostly|in a way|at heart|to my mind|in truth}}",
  because: "{because|since|as|for the simple reason that|given that|seeing that}",
  also: "{also|besides|on top of that|what is more|in addition|likewise|then again|moreover}",
  very: "{very|rather|quite|truly|deeply|wonderfully|remarkably|fairly|pretty|so}",
  finally: "{finally|lastly|last of all|to finish|in the end|above all}",
  example: "{for example|for instance|say|such as when|think of}",
  fine: "{warm|calm|steady|bright|gentle|honest|quiet|rich|timeless|bold|playful|subtle|crisp|grounded|hopeful|vivid}",
  feeling:
    "{calm|wonder|comfort|freedom|balance|energy|memory|longing|order|curiosity|warmth|depth|hope|mischief|patience}",
  scene:
    "{morning light on water|a well-worn path|an old song half remembered|rain on a tin roof|a lamp left on in a window|the first page of a new book|a shared meal|the hush before snow|salt on the wind|a garden after rain|a slow train at dusk|a kettle about to sing}",
  "bare-end": "{#-lively .|#terse |#lively !|.|}",
};
