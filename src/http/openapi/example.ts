/** A named example of a body in Swagger UI. A summary that ends in `: 404` announces that status. */
export interface Example<T> {
  readonly summary: string;
  readonly value: T;
}
