# What quickstart, test and .ci/run share; sourced by bash, with `root` set to the repository.

# How the program and its tests are built in a checkout: optimised, which costs the builder no more than not, and open to the tests. One build
# serves quickstart and test.
checkout=(--configuration release -Xswiftc -enable-testing)
# How a release is built, wherever it is built: Swift's own libraries in it, and each module's code open to the next one's optimiser, which
# makes a referral cheaper. With other options all is built anew, so it has a folder of its own. Linked by the toolchain's own lld, which packs
# the relocations, and without a table of names for others to link with: ten megabytes less of the program in memory.
release=(--configuration release --static-swift-stdlib -Xswiftc -cross-module-optimization
    -Xswiftc -use-ld=lld -Xlinker -z -Xlinker pack-relative-relocs -Xlinker --no-export-dynamic)

say() { printf '%s\n' "$*" >&2; }
stop() {
    say "error: $1"
    exit 1
}

# need_swift: Swift 6.2 or newer on the path.
need_swift() {
    command -v swift >/dev/null || stop "\`swift\` is not there (hint: install Swift 6.2 or newer for Debian 12 from swift.org, and put its usr/bin on PATH)"
    local version
    version=$(swift --version 2>/dev/null | grep -oE 'Swift version [0-9]+\.[0-9]+' | grep -oE '[0-9]+\.[0-9]+' || true)
    case $version in
    6.[2-9] | 6.[1-9][0-9] | [7-9].* | [1-9][0-9].*) ;;
    *) stop "this needs Swift 6.2 or newer and found \`${version:-unknown}\`" ;;
    esac
}

# need_packages NAME…: installs the Debian packages that are missing; says so first.
need_packages() {
    command -v dpkg-query >/dev/null || stop "this is not Debian (hint: have these installed, and build by hand as README.md says: $*)"
    local package missing=() as_root=()
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || stop "missing: ${missing[*]} (hint: as root, apt-get install ${missing[*]})"
        as_root=(sudo)
    fi
    say "Installing ${missing[*]} with apt-get${as_root[*]:+ (sudo)}"
    local log
    log=$(mktemp)
    if ! { "${as_root[@]}" apt-get update -q && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        stop "apt-get could not install ${missing[*]}"
    fi
    rm -f "$log"
}

# need_linking: what Swift's own list of Debian packages brings, and linking ends with an unclear error without.
need_linking() {
    local folder
    for folder in /usr/lib/*-linux-gnu /usr/lib /usr/local/lib; do
        [ -e "$folder/libz.so" ] && return 0
    done
    stop "\`libz.so\` is not there; Swift's own packages bring it (hint: apt-get install zlib1g-dev)"
}

# build WHAT ARGUMENT…: swift build, as one line of progress; the whole output only when it fails.
build() {
    local what=$1 log=$root/.build/convenant-build.log line tenth=0 start=$SECONDS
    shift
    mkdir -p "$root/.build"
    if [ -z "${PKG_CONFIG_PATH:-}" ] && ! command -v pkg-config >/dev/null; then
        # SwiftPM reads openssl.pc itself and only asks pkg-config where such files lie
        export PKG_CONFIG_PATH=/usr/lib/$(uname -m)-linux-gnu/pkgconfig
    fi
    say "Building $what"
    if ! swift build --package-path "$root" "$@" 2>&1 | tee "$log" | while IFS= read -r line; do
        # the first lines count a step or two of planning, not the build
        if [[ $line =~ ^\[([0-9]+)/([0-9]+)\] && ${BASH_REMATCH[2]} -gt 50 ]]; then
            if [ -t 2 ]; then
                printf '\r  %s of %s   ' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" >&2
            elif [ $((10 * BASH_REMATCH[1] / BASH_REMATCH[2])) -gt "$tenth" ]; then
                tenth=$((10 * BASH_REMATCH[1] / BASH_REMATCH[2]))
                say "  ${tenth}0%"
            fi
        fi
    done; then
        say
        grep -E '(error|fatal):' "$log" | head -n 20 >&2 || tail -n 20 "$log" >&2
        stop "the build failed; all of it is in $log"
    fi
    [ -t 2 ] && printf '\r' >&2
    say "  done in $((SECONDS - start)) s"
}
