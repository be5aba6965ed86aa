import type { DoctorReply, Examination, ParameterFinding } from "../../schema/doctor.ts";
import { answersTo, finding, unansweredFinding } from "./replies.ts";

/** The word that the instruction asks for; see `sampling/doctor/doctor-prompts.ts`. */
const agreedWord = "quokka";
/** The instruction is longer than so many tokens in any vocabulary. */
const leastGrowth = 6;

const obeys = ({ text }: DoctorReply) => text.toLowerCase().includes(agreedWord);

/**
 * System messages: whether an instruction there is heeded. The control is the same instruction in the user's message: a model
 * that does not heed it there either (a base model) says nothing about the system role, unless the server counts the
 * tokens of the prompt.
 */
export function systemFinding(examination: Examination): ParameterFinding {
  const name = "system role";
  const refused = unansweredFinding(name, examination, "system");
  if (refused !== null) return refused;
  const told = answersTo(examination, "system");
  const control = answersTo(examination, "told-by-user");
  const heeded = told.filter(obeys).length;
  if (heeded > 0)
    return finding(name, "accepted", `the instruction was followed in ${heeded} of ${told.length} answers`);
  const tokens = (replies: readonly DoctorReply[]) =>
    replies.map(({ usage }) => usage?.inputTokens ?? null).find((count) => count !== null && count > 0) ??
    null;
  const [plain, longer, byUser] = [tokens(answersTo(examination, "plain")), tokens(told), tokens(control)];
  // A count that grows with the user's message can be trusted to grow with the system's.
  const counts = plain !== null && longer !== null && byUser !== null && byUser >= plain + leastGrowth;
  if (counts && longer < plain + leastGrowth)
    return finding(
      name,
      "no-effect",
      `the prompt did not grow by the system message (${plain} tokens without, ${longer} with): it is dropped`,
    );
  if (control.some(obeys))
    return finding(
      name,
      "no-effect",
      `the instruction was followed in none of ${told.length} answers, but where the user gave it`,
    );
  return finding(
    name,
    "unknown",
    `${counts ? `it reaches the prompt (${plain} tokens without, ${longer} with), but ` : ""}this model follows the instruction from nobody, the user neither`,
  );
}
