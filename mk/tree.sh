#!/usr/bin/env bash
# tree.sh DIR - a project of its own in DIR: tasks, prompts and settings are copies,
# programs and what set-up made are this one's; results and candidates its own.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p "$1/build"
cp -a GNUmakefile mk prompts tasks "$1/"
for part in src bin man tests build/{apt,arch,gen,index,mnn,npm,obj,ort,setup,tests,version}; do
	[ ! -e "$part" ] || ln -s "$PWD/$part" "$1/$part"
done
