/** What is wrong with a contract file itself. */
export class ContractError extends Error {}
