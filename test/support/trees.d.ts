/** Writes a folder of files. */
export declare const writeTree: (folder: string, files: Readonly<Record<string, string | Uint8Array>>) => Promise<string>;
/** SHA-256 of every file below a folder, by path. */
export declare const hashTree: (folder: string) => Promise<Record<string, string>>;
