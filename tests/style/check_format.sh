#!/bin/bash
# clang-format over all our C++; prints what it would change and fails if that is anything.
set -euo pipefail
format=$1
folders=()
for folder in src tests bench fuzz; do [ -d "$folder" ] && folders+=("$folder"); done
mapfile -d '' files < <(find "${folders[@]}" \( -name '*.cc' -o -name '*.h' \) -print0)
"$format" --dry-run -Werror "${files[@]}"
