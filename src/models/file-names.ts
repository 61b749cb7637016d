interface Named {
  readonly name: string;
}

const INDEX = /\.index$/;
const DATA = /\.data-\d{5}-of-\d{5}$/;

/** What a checkpoint's index is called. */
export const isIndex = ({ name }: Named): boolean => INDEX.test(name);

/** What all files of a checkpoint begin with, by the name of one of them. */
export const prefixOf = (name: string): string => name.replace(DATA, '').replace(INDEX, '');

export const isSafetensors = ({ name }: Named): boolean => name.endsWith('.safetensors');

/** What a request of google/ffn, or the arguments in it, may be called. */
export const isRequestText = ({ name }: Named): boolean => /\.(pbtxt|textproto|json)$/.test(name);

/** Whether a file by its name may be one of a model's: then it is no volume. */
export const isModelFile = (file: Named): boolean =>
  isIndex(file) || isSafetensors(file) || DATA.test(file.name);
