import { hashText } from "../../src/zoo/hash.ts";
import { adjectives, nouns, verbs } from "../../src/zoo/words.ts";

/** Words of one kind that stand for each other in running English, frequent ones in answers of assistants. */
const pairs =
  "important=crucial help=assist helps=assists helping=assisting use=employ used=employed using=employing show=demonstrate shows=demonstrates make=create makes=creates making=creating made=created get=obtain many=numerous several=various big=large small=little good=fine great=excellent better=superior best=finest need=require needs=requires begin=start begins=starts start=commence also=additionally however=nevertheless but=yet because=since so=thus therefore=hence often=frequently usually=generally sometimes=occasionally always=constantly never=not quickly=rapidly quick=swift fast=speedy slow=sluggish easy=simple easily=readily hard=difficult try=attempt keep=maintain give=provide gives=provides provide=supply provides=supplies find=discover found=discovered think=believe know=understand see=notice look=glance looked=gazed looking=gazing say=state said=stated says=states ask=inquire asked=inquired answer=reply tell=inform told=informed want=wish wanted=wished like=such people=persons person=individual way=manner ways=manners thing=item things=items place=spot time=moment times=occasions day=date world=globe home=house work=labour job=occupation money=funds problem=issue problems=issues idea=notion ideas=notions part=portion parts=portions kind=sort type=variety different=distinct same=identical new=novel old=aged young=youthful happy=glad sad=unhappy beautiful=lovely strong=powerful weak=feeble rich=wealthy poor=needy whole=entire complete=finish completely=fully main=chief major=significant significant=considerable common=usual rare=scarce special=particular certain=particular possible=feasible able=capable likely=probable true=correct right=proper wrong=mistaken real=genuine really=truly very=highly quite=rather almost=nearly about=around between=amid during=throughout before=prior after=following while=whilst until=till through=via within=inside without=lacking toward=towards against=versus among=amongst over=above under=beneath near=beside far=distant ensure=guarantee improve=enhance increase=raise reduce=lessen change=alter changes=alterations consider=weigh include=contain includes=contains including=containing allow=permit allows=permits avoid=evade choose=select create=produce creating=producing develop=evolve explain=clarify follow=pursue understand=grasp learn=study remember=recall additionally=furthermore overall=altogether example=instance step=stage process=procedure method=approach result=outcome results=outcomes reason=cause effect=impact benefit=advantage benefits=advantages risk=danger goal=aim information=details question=query experience=practice environment=surroundings community=society company=firm health=wellbeing food=fare water=liquid voice=tone eyes=gaze face=visage hand=palm heart=core mind=intellect body=frame door=gate room=chamber night=evening morning=dawn light=glow dark=dim silence=quiet air=breeze felt=sensed feel=sense seemed=appeared turned=shifted walked=strode stood=rose sat=settled smiled=grinned whispered=murmured moment=instant";

const listed = new Map(pairs.split(" ").map((pair) => pair.split("=") as [string, string]));

/** A hand-written synonym of a frequent English word; most words have none. */
export const englishSynonym = (word: string): string | undefined => listed.get(word);

const contentWords = [...new Set([...nouns, ...adjectives, ...verbs])].filter((word) =>
  /^[a-z]{4,}$/.test(word),
);

/**
 * What the zoo's paraphraser writes instead of a word of four letters or more: another word of the zoo's common world,
 * always the same one.
 */
export const zooSynonym = (word: string): string | undefined =>
  word.length < 4 ? undefined : contentWords[hashText(word, 17) % contentWords.length];
