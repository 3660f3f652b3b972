/** One word of a command line, quoted where the shell of this system would read anything into it. */
export function quoteWord(text: string, platform: NodeJS.Platform = process.platform): string {
  if (platform === 'win32') return quoteForWindows(text);
  // A word that begins with "=" means a path to zsh.
  if (/^[\w@%+:,./-][\w@%+=:,./-]*$/.test(text)) return text;
  return `'${text.replace(/'/g, "'\\''")}'`;
}

/**
 * Double quotes mean the same to cmd.exe and to PowerShell as long as nothing in them does. For the rest there is no form
 * that both take: it is written for PowerShell, which most agents use there.
 */
function quoteForWindows(text: string): string {
  if (/^[\w+=:,./\\-]+$/.test(text)) return text;
  // Backslashes in front of a quotation mark are halved by the program that is started.
  const doubled = text.replace(/(\\+)$/, '$1$1');
  if (!/["$`%!\u201c-\u201e\r\n]/.test(text)) return `"${doubled}"`;
  const inner = doubled.replace(/(\\*)"/g, '$1$1\\"').replace(/['\u2018-\u201b]/g, '$&$&');
  return `'${inner}'`;
}
