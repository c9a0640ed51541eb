// The address on a slip brings number and code behind the #, which no server is told. They are filled in, and taken out of the bar.
const given = new URLSearchParams(location.hash.slice(1));
for (const name of ["number", "code"]) {
  const field = document.getElementById(`lookup-${name}`);
  if (field && given.get(name)) field.value = given.get(name);
}
if (given.has("code")) history.replaceState(null, "", location.pathname + location.search);
