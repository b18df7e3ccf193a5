// The texts of the console, in the language of who looks: one file for each language.

import { en } from "./en";
import { zh } from "./zh";

export type Texts = typeof en;

export const LANGUAGES = { en, zh } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT = "leveret.language";

export let language: Language = chosen();
export let T: Texts = LANGUAGES[language];

export function speak(next: Language): void {
  language = next;
  T = LANGUAGES[next];
  localStorage.setItem(KEPT, next);
  document.documentElement.lang = next;
}

function chosen(): Language {
  const kept = localStorage.getItem(KEPT) ?? navigator.language.slice(0, 2);
  return kept in LANGUAGES ? (kept as Language) : "en";
}
