/** What a model can make: the values of a contract's x-output and of `listModels --kind`. */
export const OUTPUT_KINDS = ['video', 'image', 'audio', 'model3d'] as const;

export type OutputKind = (typeof OUTPUT_KINDS)[number];
