# What start.sh and test.sh have in common; sourced, with $root set to the repository.
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
export HOME="${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}"

# Whether a Debian package, or what we want of it, is there: a command, or a shared library.
present() {
    case $1 in
        ffmpeg) command -v ffmpeg && command -v ffprobe ;;
        libsdl2-2.0-0) PATH=$PATH:/sbin:/usr/sbin ldconfig -p | grep -F libSDL2-2.0.so.0 ;;
        iproute2) PATH=$PATH:/sbin:/usr/sbin command -v tc ;;
        xvfb) command -v Xvfb ;;
        nodejs) command -v node ;;
        nginx-light) PATH=$PATH:/sbin:/usr/sbin command -v nginx ;;
        vlc-bin) command -v cvlc || command -v vlc ;;
        gstreamer1.0-tools) command -v gst-launch-1.0 ;;
        vlc-plugin-base | gstreamer1.0-* | python3-*) dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -x installed ;;
        *) command -v "$1" ;;
    esac >/dev/null
}

# install PACKAGE...: installs those that are missing; one line when it cannot.
install() {
    local package missing=() sudo=() log
    for package; do present "$package" || missing+=("$package"); done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null || { [ ! -t 0 ] && ! sudo -n true 2>/dev/null; }; then
            echo "Missing: ${missing[*]}. Neither root nor sudo here; as root run: apt-get install ${missing[*]}" >&2
            return 1
        fi
        sudo=(sudo)
    fi
    if ! command -v apt-get >/dev/null; then
        echo "Missing: ${missing[*]}. No apt-get here; install them by this system's own means." >&2
        return 1
    fi
    echo "Installing ${missing[*]} ..."
    log=$(mktemp)
    if ! { "${sudo[@]}" apt-get -qq update &&
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "${missing[@]}"; } \
        </dev/null >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        echo "Could not install ${missing[*]}." >&2
        return 1
    fi
    rm -f "$log"
}

# build PROJECT_OR_SOLUTION: the Release build, its output only where it fails; and ./knsock, which runs it.
build() {
    if ! command -v dotnet >/dev/null; then
        echo "The .NET 10 SDK is missing: https://dotnet.microsoft.com/download" >&2
        return 1
    fi
    # A build writes into its files; one that runs from them, such as a server, keeps the old ones.
    local file
    for file in "$root"/src/KnSock.Cli/bin/Release/net10.0/*.dll; do
        [ ! -e "$file" ] || { cp -p "$file" "$file.new" && mv -f "$file.new" "$file"; }
    done
    # From the repository's root, where global.json says which SDK.
    local log
    log=$(cd "$root" && dotnet build "$1" -c Release -v quiet -tl:off </dev/null 2>&1) || { printf '%s\n' "$log" >&2; return 1; }
    precompile || echo "(Not compiled ahead of time: $crossgen cannot be had or used. Commands start a little slower.)" >&2
    cat >"$root/knsock.new" <<EOF
#!/bin/sh
# Made by start.sh and test.sh: runs the Release build.
export DOTNET_ROOT="\${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}"
exec "\$(dirname "\$(readlink -f "\$0")")/src/KnSock.Cli/bin/Release/net10.0/KnSock.Cli" "\$@"
EOF
    chmod +x "$root/knsock.new"
    mv -f "$root/knsock.new" "$root/knsock"
}

# Compiles the assemblies of the build to machine code in place, which saves a quarter of the CPU time of a start and a third of the time to
# the first picture. What was compiled once is kept; a build that is made by hand simply is without.
precompile() {
    local runtime version tool bin="$root/src/KnSock.Cli/bin/Release/net10.0" kept="$root/artifacts/precompiled" assembly native key
    [ -d "$bin" ] || return 0
    runtime=$(dotnet --list-runtimes | grep '^Microsoft.NETCore.App 10\.' | tail -n 1)
    version=$(cut -d' ' -f2 <<<"$runtime")
    crossgen=microsoft.netcore.app.crossgen2.linux-$([ "$(uname -m)" = aarch64 ] && echo arm64 || echo x64)
    tool="${NUGET_PACKAGES:-$HOME/.nuget/packages}/$crossgen/$version/tools/crossgen2"
    if [ ! -e "$tool" ]; then
        (cd "$root" && dotnet restore eng/Crossgen.proj -p:CrossgenPackage="$crossgen" -p:CrossgenVersion="$version") </dev/null >/dev/null 2>&1 || return
    fi
    runtime=${runtime#*[}
    runtime=${runtime%/Microsoft.NETCore.App]}
    mkdir -p "$kept"
    for assembly in "$bin"/*.dll; do
        native="$kept/${assembly##*/}"
        # A build puts its own assemblies back where they differ, so what is there is either in place already or to be looked up.
        ! cmp -s "$native" "$assembly" || continue
        key="$version $(sha256sum <"$assembly")"
        if [ "$key" != "$(cat "$native.key" 2>/dev/null)" ]; then
            "$tool" "$assembly" -o "$native.new" -O -r "$bin/*.dll" \
                -r "$runtime/Microsoft.NETCore.App/$version/*.dll" -r "$runtime/Microsoft.AspNetCore.App/$version/*.dll" >/dev/null 2>&1 || return
            mv -f "$native.new" "$native"
            echo "$key" >"$native.key"
        fi
        cp "$native" "$assembly.new" && mv -f "$assembly.new" "$assembly"
    done
}
