/** How the person writes numbers and days; the words are English everywhere. */
export const LOCALE: string = navigator.language
