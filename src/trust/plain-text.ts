/**
 * Characters that can forge what a terminal or a page shows: controls (Cc) and format characters (Cf: bidirectional overrides,
 * zero-width, tags). The table is written out (Unicode 17.0) because the verdict must not change with the Unicode version of a node.
 */
const UNSAFE = new RegExp(
  '[\\u{0}-\\u{1F}\\u{7F}-\\u{9F}\\u{AD}\\u{600}-\\u{605}\\u{61C}\\u{6DD}\\u{70F}\\u{890}\\u{891}\\u{8E2}\\u{180E}\\u{200B}-\\u{200F}' +
    '\\u{202A}-\\u{202E}\\u{2060}-\\u{2064}\\u{2066}-\\u{206F}\\u{FEFF}\\u{FFF9}-\\u{FFFB}\\u{110BD}\\u{110CD}\\u{13430}-\\u{1343F}' +
    '\\u{1BCA0}-\\u{1BCA3}\\u{1D173}-\\u{1D17A}\\u{E0001}\\u{E0020}-\\u{E007F}]',
  'u',
)

/** Most texts are nothing but ASCII that shows, and then nothing else has to be asked. */
const SIMPLE = /^[ -~]*$/

/** Whether a text is well-formed Unicode of at most `maxChars` code points that shows as what it is. */
export const isPlainText = (text: string, maxChars: number): boolean =>
  isWithin(text, maxChars) && (SIMPLE.test(text) || (text.isWellFormed() && !UNSAFE.test(text)))

/** Code points are counted only where there may be fewer of them than code units. */
const isWithin = (text: string, maxChars: number): boolean =>
  text.length <= maxChars || (text.length <= 2 * maxChars && [...text].length <= maxChars)
