/** A named example of a body, as Swagger UI offers it. A summary that ends in `: 404` announces that status. */
export interface Example<T> {
  readonly summary: string;
  readonly value: T;
}
