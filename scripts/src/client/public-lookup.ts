/**
 * Returns a name resolver that gives public addresses only, for connections to addresses that users name: the option
 * `lookup` of `https.request`. The connection goes to the address that was checked.
 */
export async function publicLookup(): Promise<import('node:net').LookupFunction> {
  const { publicLookup: checked } = await import('../http/public-lookup.ts');
  return checked();
}
