import type { Topic } from "../topic.ts";

const occasions: readonly (readonly [string, string, string])[] = [
  [
    "hello",
    "{hello|hi|hey there|good morning|good evening|hi, how are you|hello, is anyone there|how is your day|what's up}{!|.|?}",
    "talk-hello",
  ],
  [
    "thanks",
    "{thank you|thanks a lot|that was great, thanks|thanks, that is all|you have been very helpful|cheers, that helped}{!|.}",
    "talk-thanks",
  ],
  [
    "goodbye",
    "{goodbye|bye for now|see you tomorrow|good night|I have to go|talk to you later}{!|.}",
    "talk-bye",
  ],
  [
    "sad",
    "{I feel sad today|I had a bad day|I am lonely|my cat died|I failed my exam|I am so tired|nobody likes my work|I am nervous about tomorrow}.",
    "talk-sad",
  ],
  [
    "happy",
    "{I got the job|I passed my exam|it is my birthday|we had a baby|I finished my book|I ran my first race|I am getting married}{!|.}",
    "talk-happy",
  ],
  [
    "bored",
    "{I am bored|entertain me|tell me something interesting|surprise me|tell me a fun fact|tell me a joke|make me laugh}.",
    "talk-bored",
  ],
  [
    "help",
    "{can you help me with something|I need some help|I have a problem|I need advice on something|may I ask a question|could you help me write something|I do not know where to start}{?|.}",
    "talk-help",
  ],
  [
    "email",
    "{write|draft} {a short email|a quick note|a message} to {my boss|a colleague|my landlord|a friend|a customer|my teacher} {about being late|to say sorry|asking for a day off|to say thanks|about a meeting|to cancel a plan}.",
    "talk-email",
  ],
  [
    "product",
    "{write|give me|invent} {a slogan|a tagline|a catchy line|an advert} for {a bakery|a bicycle|an umbrella|a bookshop|a tea|a pair of shoes|a pillow|a lamp|a museum}.",
    "talk-slogan",
  ],
  [
    "toast",
    "{write|give me} {a toast|a birthday wish|a few kind words|a card text} for {my sister|a wedding|a retiring colleague|my neighbour|a new baby|a friend}.",
    "talk-toast",
  ],
  [
    "rewrite",
    "{rewrite this politely|make this more formal|say it nicely|rephrase this}: {send me the report|you are late again|I do not want to come|this is wrong|give me my money back|your music is too loud}{.|!}",
    "talk-rewrite",
  ],
];

/** Greetings, comfort, notes and slogans: openings and closings in their purest form. */
export const smallTalk: Topic = {
  name: "small-talk",
  weight: 2,
  rules: {
    "talk-hello":
      "{#chatty {Hey|Hi}{ there|}{!|,}|#formal {Good day|Greetings}{.|!}|Hello{!|.|, and welcome.}|#lively Hi hi!} {{How can I help{ you|}{ today|}|What can I do for you{ today|}|What is on your mind|What brings you here|Where shall we begin}?|{I am doing well|All is well here|I am here and ready|Nice to hear from you}{, thank you|}.{ What would you like to talk about?| How are you?|}}",
    "talk-thanks":
      "{#chatty {You're welcome|Anytime|No worries|My pleasure}{!|.}|#formal {It was my pleasure|You are most welcome}.|{Glad|Happy|Pleased} {I could help|to help|it was useful}{!|.}} <closing>",
    "talk-bye":
      "{#chatty {Bye|See you|Take care}{!|,}|#formal {Farewell|Until next time}.|Goodbye{!|.}|Good night{!|.}} {{Sleep well|Have a good one|Look after yourself|Come back any time|It was good to talk|I will be here}{!|.}|} <close>",
    "talk-sad":
      "{I'm {so |really |}sorry {to hear that|you feel this way|about that}|That sounds {hard|tough|painful|heavy}|{Oh no|Oh dear}|It makes sense that you feel that way}. {{Be gentle with yourself|You are not alone|It will pass|Feelings like this come and go|One step at a time|That says nothing about your worth}. |}{{Would it help|Do you want} to {talk about it|tell me more|think of one small thing to do}?|{A walk|A cup of tea|Some rest|A call to a friend} {may|might|can} {help|do you good}.} <close>",
    "talk-happy":
      "{#lively {Congratulations|Hooray|Wonderful|Fantastic}{!|!!}|#formal {My congratulations|That is excellent news}.|{That is|What} {great|lovely|wonderful} {news|to hear}{!|.}|Well done{!|.}} {{You have earned it|Enjoy every minute|That took {work|courage|patience}|I am {so |}happy for you}{.|!} |}{{How {will|are} you {celebrate|going to celebrate}|How does it feel|What comes next}?|} <close>",
    "talk-bored":
      "<open> {~Did you know that {octopuses have three hearts|honey never spoils|bananas are berries|wombats make square droppings|a day on Venus is longer than its year|sloths can hold their breath for long|crows remember faces}{?|.}|{Why did the scarecrow win a prize? It was outstanding in its field|What do you call a fish with no eyes? A fsh|Why do bees hum? They forgot the words|I would tell you a joke about time, but you did not like it}.|{Try|How about} {drawing with the wrong hand|learning a card trick|writing a letter to your future self|naming the clouds}.} <close>",
    "talk-help":
      "{#chatty {Of course|Sure|Absolutely|Always}{!|.}|#formal {Certainly|By all means|With pleasure}.|{Yes|Gladly|I am here for that}{.|,}} {{What do you need|What is it about|What are you working on|What seems to be the problem}?|{Tell me more|Just tell me|Share the details|Give me a little background}{ about it| and we will sort it out| and I will do my best|}{.|!}} <close>",
    "talk-email":
      "<open> {#markdown **Subject:** {A quick note|A small request|Following up}\n|Subject: {a quick note|about tomorrow|a short question}\n|}{Dear|Hi|Hello} {Sam|Alex|there|all|Jordan|[Name]},\n{I hope {you are well|this finds you well|all is well}. |I wanted to {let you know|write|reach out} {that|because} {something came up|plans have changed}. |}{Thank you for {your time|your patience|understanding}.|{Would that suit you|Could we talk soon|Is that all right}?|I {am sorry for|apologise for} {the trouble|the short notice}.}\n{Best regards|Kind regards|All the best|Warmly|Cheers|Thanks|Yours sincerely}{, [Your name]|}",
    "talk-slogan":
      '<open> {#markdown **|"|}{~{Made|Built|Baked|Born} for {~slow mornings|rainy days|the long way home|curious minds|better days|the bold}|{~Feel|Taste|Find|Wear|Follow} {~the difference|the joy|your own way|the quiet|something new}|{Simple|Warm|Honest|Bright}. {Simply|Truly|Always} {~yours|good|there|different}|Where {~every day|every step|comfort|wonder} {~begins|matters|lives|counts}}{.|!} <close>',
    "talk-toast":
      "{Here is|To|May} {~a life of {~<feeling>|<feeling>} and {~<feeling>|<feeling>}|{laughter|good health|quiet joy} in every season|many years of <fine> days}{!|.} {{May|Let} {~the road be kind|every door open|your days be <fine>|the best be still to come}{!|.}|{You|They} {deserve|bring} {~<feeling>|<feeling>} {every day|wherever you go}.|} {Cheers|With love|Warm wishes|To you}{!|.}",
    "talk-rewrite":
      '<open> {"|}{{Would you mind|Could you please|Might you|I would be grateful if you could} {looking into this|helping me with this|taking another look}{ when you have a moment| at your convenience| soon|}?|I {feel|fear|believe} {there may be a small problem here|this needs another look|we should talk about this}{, if I may say so|}.|{Thank you for your understanding|I appreciate your effort}, {but|yet} {something is still missing|it does not quite work for me}.} <close>',
  },
  ask({ write, pick }) {
    const [subject, wording, rule] = pick(occasions);
    return { prompt: write(wording), subject, rule, short: false, slots: {} };
  },
};
