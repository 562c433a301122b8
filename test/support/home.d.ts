/** A fresh folder that is gone when the test is over. */
export declare const temporaryFolder: () => Promise<{
    readonly path: string;
} & AsyncDisposable>;
