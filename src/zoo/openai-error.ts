/** An error as OpenAI's API words it; the server turns it into a response. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly body: {
    readonly error: {
      readonly message: string;
      readonly type: string;
      readonly param: string | null;
      readonly code: string | null;
    };
  };

  constructor(
    status: number,
    message: string,
    details: { param?: string | null; code?: string | null } = {},
  ) {
    super(message);
    this.status = status;
    const { param = null, code = null } = details;
    this.body = {
      error: { message, type: status >= 500 ? "server_error" : "invalid_request_error", param, code },
    };
  }
}

/** The error for a model id that the server does not serve. */
export function modelNotFound(model: string): ApiError {
  return new ApiError(404, `The model '${model}' does not exist or you do not have access to it.`, {
    code: "model_not_found",
  });
}
