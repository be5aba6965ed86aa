/** A pattern that no probe's prompt should match, with the reason. */
export interface PromptRule {
  readonly rule: "harmful-prompt" | "leading-prompt";
  readonly severity: "error" | "warning";
  readonly pattern: RegExp;
  readonly reason: string;
}

const harmful = (pattern: RegExp, reason: string): PromptRule => ({
  rule: "harmful-prompt",
  severity: "error",
  pattern,
  reason,
});
const leading = (pattern: RegExp, reason: string): PromptRule => ({
  rule: "leading-prompt",
  severity: "warning",
  pattern,
  reason,
});

/**
 * A small net, not a filter: it stops what nobody means to ask of somebody else's endpoint. Harmful prompts are errors:
 * they can get an account closed, and what they measure is a refusal, which harmless prompts measure as well. Leading
 * prompts are warnings: they put the answer into the model's mouth, so that agreement says nothing about training.
 */
export const promptRules: readonly PromptRule[] = [
  harmful(
    /\b(?:build|make|assemble|construct) (?:a |an )?(?:pipe |car |nail |dirty )?(?:bomb|explosive|grenade|firearm|silencer)\b/i,
    "asks for a weapon",
  ),
  harmful(
    /\b(?:synthesi[sz]e|cook|manufacture) (?:\w+ ){0,3}(?:meth|methamphetamine|fentanyl|heroin|ricin|sarin|nerve agent)\b/i,
    "asks for a drug or poison",
  ),
  harmful(
    /\b(?:write|create|make|build) (?:\w+ ){0,4}(?:malware|ransomware|keylogger|computer virus|phishing (?:e-?mail|page|site))\b/i,
    "asks for malware or fraud",
  ),
  harmful(
    /\b(?:hack|break) into (?:a|an|the|my|his|her|someone|somebody)\b|\bbypass (?:a |the )?(?:password|paywall|licen[cs]e check)\b/i,
    "asks for a break-in",
  ),
  harmful(
    /\b(?:kill|hurt|harm) (?:myself|yourself|someone|somebody|a person|people)\b|\bsuicide\b|\bself-harm\b/i,
    "is about harm to people",
  ),
  harmful(/\b(?:sexual|erotic|porn\w*|nude|naked|explicit sex)\b/i, "is sexual"),
  harmful(
    /\b(?:home address|phone number|social security number|credit card number|password) (?:of|for) (?!a fictional|an imaginary|an invented)/i,
    "asks for personal data",
  ),
  harmful(
    /\bwhy are (?:all )?(?:jews|muslims|christians|blacks?|whites?|asians|women|men|gays|immigrants) (?:so )?\w+/i,
    "generalises about a group of people",
  ),
  harmful(
    /\bignore (?:all |your )?(?:previous|prior|earlier) (?:instructions|rules)\b|\bjailbreak\b/i,
    "tries to break the model's rules",
  ),
  leading(
    /\b(?:admit|confess) (?:that|it)\b|\bisn't it true\b|\bdon't you agree\b/i,
    "presses for a given answer",
  ),
  leading(
    /\byou (?:are|were) (?:really |actually |secretly )?(?:made|trained|built|developed|distilled) (?:by|on|from|at) [A-Z]/,
    "tells the model where it comes from",
  ),
  leading(
    /\b(?:are|aren't) you (?:really |actually |secretly |just )?(?:a version of |based on )?(?:chatgpt|gpt-?\d|claude|gemini|llama|qwen|deepseek|grok|mistral)\b/i,
    "names a model, and agreeable models say yes",
  ),
];
