// The lab's JSON API; its forms are in the lab's README.

async function request(path, options) {
  const response = await fetch(path, options);
  if (response.status === 204) return null;
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `status ${response.status}`);
  return answer;
}

export const get = (path, parameters = {}) => request(`/api/${path}?${new URLSearchParams(parameters)}`);

export const post = (path, body = {}) =>
  request(`/api/${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const remove = (path) => request(`/api/${path}`, { method: "DELETE" });
