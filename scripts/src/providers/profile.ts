/** What a service can do. The workflow acts on these and on nothing else it might know about a service. */
export interface Capabilities {
  cancel: boolean;
  list: boolean;
  quote: boolean;
  account: boolean;
  /** Callbacks carry a documented signature. */
  signedWebhooks: boolean;
}

/** What is known of a service before anything is loaded that speaks to it. */
export interface Profile {
  readonly id: string;
  readonly title: string;
  readonly can: Capabilities;
  /** Its own address; requests go there unless another one is configured. */
  readonly url: string;
  /** The environment variables that hold its key and an address to use instead. */
  readonly keyVariable: string;
  readonly urlVariable: string;
  /** The flag that takes the address of a callback, by the service's own word for it. */
  readonly callbackFlag: 'webhookUrl' | 'callbackUrl';
  /** Where a person gets a key. */
  readonly keyPage: string;
  /** Sentences for a person: what the service documents, with the date. */
  readonly says: {
    /** Where a key is made, once on the page. */
    key: string;
    /** How credits are got. */
    credits: string;
    /** How long results are kept. */
    retention: string;
    /** What becomes of the charge of a task that failed. */
    refund: string;
    /** When a task can be cancelled. */
    cancel: string;
    /** Why a task may not be found. */
    missing: string;
    /** Where a person finds prices and models. */
    prices: string;
    /** Where the user finds a task whose id is not known. */
    tasks: string;
  };
}
