import type {
  DoctorQuestion,
  DoctorReply,
  Examination,
  ParameterFinding,
  ParameterVerdict,
} from "../../schema/doctor.ts";

/** Error classes that say the request was understood and refused. */
const refusing = new Set(["bad-request", "overloaded", "context-length", "filtered"]);

export const repliesTo = ({ replies }: Examination, ...questions: DoctorQuestion[]): DoctorReply[] =>
  replies.filter(({ question }) => questions.includes(question));

export const answersTo = (examination: Examination, ...questions: DoctorQuestion[]): DoctorReply[] =>
  repliesTo(examination, ...questions).filter(({ error }) => error === null);

export const finding = (
  parameter: string,
  verdict: ParameterVerdict,
  why: string,
  pValue: number | null = null,
): ParameterFinding => ({ parameter, verdict, why, pValue });

/**
 * The finding where a question was not answered: `rejected` where the server refused it (a 5xx too, for the same request
 * without the parameter was answered), else `unknown`. Null where it was answered.
 */
export function unansweredFinding(
  parameter: string,
  examination: Examination,
  ...questions: DoctorQuestion[]
): ParameterFinding | null {
  const replies = repliesTo(examination, ...questions);
  if (replies.some(({ error }) => error === null)) return null;
  const failed = replies.at(-1);
  if (failed === undefined) return finding(parameter, "unknown", "not asked");
  const { error, status } = failed;
  if (error === null) return null;
  const said = errorWords(error.message);
  if (status !== null && refusing.has(error.errorClass)) return finding(parameter, "rejected", said);
  return finding(parameter, "unknown", `no answer (${error.errorClass}): ${said}`);
}

/** What the server said, without the address before it and the advice behind it, cut to a line. */
export function errorWords(message: string): string {
  const words = message.replace(/^https?:\S+ /, "").replace(/; [^;]*$/, "");
  return words.length > 160 ? `${words.slice(0, 160)}...` : words;
}

/** A p-value or probability in words. */
export const probability = (p: number) => (p < 0.001 ? "p < 0.001" : `p = ${p.toPrecision(2)}`);

/** How many of the texts are different. */
export const different = (texts: readonly string[]) => new Set(texts).size;
