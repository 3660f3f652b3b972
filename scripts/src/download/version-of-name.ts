/** Returns a name with a version behind it: the name itself, then `-v2`, `-v3`. */
export function versionOf(name: string, version: number): string {
  return version === 1 ? name : `${name}-v${version}`;
}

export function isVersionOf(name: string, other: string): boolean {
  return name.startsWith(other) && /^-v\d+$/.test(name.slice(other.length));
}
