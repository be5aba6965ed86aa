/**
 * Words by which a prompt asks for the steps of an answer rather than the answer alone, as RE2 without regard to case.
 * Nouns alone ("reasoning") do not count: an essay about reasoning is none.
 */
export const reasoningPatterns: readonly string[] = [
  "step[- ]by[- ]step",
  "chain[- ]of[- ]thought",
  "think (?:it |this |the problem )?(?:out loud|aloud|through|carefully before)",
  "(?:show|explain|include|write (?:out|down)|give|output|print|reveal) (?:me )?(?:all )?(?:of )?(?:your|the|every|each) (?:full |complete |detailed |internal |intermediate )?(?:work(?:ing)?|steps?|reasoning|thoughts?|thinking|thought process|derivation)",
  "(?:reason|work) (?:it |this )?(?:through|out) (?:in detail|before|first|carefully)",
  "<(?:think|thinking|scratchpad|reasoning)>",
  "paso a paso|muestra (?:tu|el) razonamiento",
  "étape par étape|pas à pas|montre[rz]? (?:ton|votre|le) raisonnement",
  "schritt für schritt|zeige? (?:deinen|den|ihren) (?:lösungs|rechen)weg|erkläre deine überlegungen",
  "passo a passo|mostre (?:seu|o) raciocínio|mostra il (?:tuo )?ragionamento",
  "шаг за шагом|пошагово|покажи (?:ход|свои) (?:рассуждени|мысл)",
  "一步一步|逐步(?:推理|思考|解释|解答)|展示(?:你的)?(?:推理|思考)过程|思维链",
  "ステップバイステップ|段階的に(?:考え|説明)|思考過程を",
  "단계별로|풀이 과정을",
  "خطوة بخطوة|चरण दर चरण",
];

/** One RE2 of the patterns and the settings' own. */
export function reasoningRegex(further: readonly string[]): string {
  return `(?i)${[...reasoningPatterns, ...further].map((pattern) => `(?:${pattern})`).join("|")}`;
}
