# make          build the programs for this machine
# make test     everything: build, lint, rules, unit and end-to-end tests, the lab
# make help     the other targets

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
# Where bus policies, units, users and directories are looked for outside /usr.
DBUSPOLICYDIR ?= $(if $(filter /usr,$(PREFIX)),/usr/share/dbus-1/system.d,/etc/dbus-1/system.d)
UNITDIR ?= $(if $(filter /usr,$(PREFIX)),/usr/lib/systemd/system,/etc/systemd/system)
USERUNITDIR ?= $(if $(filter /usr,$(PREFIX)),/usr/lib/systemd/user,/etc/systemd/user)
SYSUSERSDIR ?= $(if $(filter /usr,$(PREFIX)),/usr/lib/sysusers.d,/etc/sysusers.d)
TMPFILESDIR ?= $(if $(filter /usr,$(PREFIX)),/usr/lib/tmpfiles.d,/etc/tmpfiles.d)
PRESETDIR ?= $(if $(filter /usr,$(PREFIX)),/usr/lib/systemd,/etc/systemd)
MANDIR ?= $(PREFIX)/share/man

# Built apart from what the tests are built from, so that both may go on at a time.
RELEASE = $(SWIFT) build $(QUIET) -c release --static-swift-stdlib --scratch-path .build/host
# What a program executes is linked side by side, so that little of it is mapped: functions in sections of their own,
# ordered by a list (tools/link-order). No identity of the build, which would tell the directory it was made in: the same
# sources give the same programs.
ORDERED = -Xswiftc -Xfrontend -Xswiftc -function-sections -Xswiftc -use-ld=lld \
  -Xlinker --symbol-ordering-file=tools/link-order.txt -Xlinker --no-warn-symbol-ordering \
  -Xlinker -T -Xlinker tools/private-functions.ld -Xlinker --build-id=none
# The daemon and its part in each session stay in memory, so what they map is kept small: optimised for size, functions
# that nobody calls left out, no exported symbols, compact relocations, libstdc++'s few functions inside.
DAEMON = $(RELEASE) -Xswiftc -Osize $(ORDERED) -Xlinker --no-export-dynamic \
  -Xlinker -z -Xlinker pack-relative-relocs -Xlinker -L.build/static
# The client is linked without any shared library: it starts in half the time.
CLIENT = $(SWIFT) build $(QUIET) -c release --static-swift-stdlib -Xswiftc -static-executable $(ORDERED) \
  --scratch-path .build/client
STAGE = .build/stage
MANUAL = $(notdir $(wildcard .build/manual/*))

# Of `make fuzz`, for each kind of input.
SECONDS ?= 60
# Of `make soak`.
OPERATIONS ?= 10000

.PHONY: all release check unit test lab demo fuzz sanitize soak bench stage deb rpm install uninstall prerequisites clean help

all: release

help:
	@sed -n '1,3s/^# //p' Makefile
	@echo 'make demo     the client, the daemon and a simulated BlueZ, without Bluetooth'
	@echo 'make lab      every scenario on real kernels and real BlueZ, in guests'
	@echo 'make fuzz [SECONDS=60] [KIND=]  random input for everything that takes some from outside (docs/robustness.md)'
	@echo 'make soak [OPERATIONS=10000] [SEED=]  operations and faults by the thousand on the simulator'
	@echo 'make sanitize  the unit tests under ThreadSanitizer, AddressSanitizer and, for C, UndefinedBehaviorSanitizer'
	@echo 'make bench    figures beside bluetoothctl and C programs'
	@echo 'make deb      a package for Debian in .build/deb; make rpm: one for Fedora in .build/rpm'
	@echo 'make install [DESTDIR=] [PREFIX=/usr/local], make uninstall'

prerequisites:
	@tools/prerequisites

release: prerequisites
	@mkdir -p .build/static
	@ln -sf "$$($(dir $(shell readlink -f "$$(command -v $(SWIFT))"))clang -print-file-name=libstdc++.a)" .build/static/
	$(DAEMON) --product mdrctld
	$(DAEMON) --product mdrctl-flush
	$(DAEMON) --product mdrctl-session
	$(DAEMON) --product mdrctl-bridge
	$(CLIENT) --product mdrctl
	$(DAEMON) --product mdrctl-manual
	@rm -rf .build/manual && mkdir -p .build/manual
	@for page in $$(.build/host/release/mdrctl-manual); do \
	  .build/host/release/mdrctl-manual $$page > .build/manual/$$page || exit 1; \
	done
	@# What it knows of headsets keeps its own rules, or it says which one is broken.
	@MDRCTL_MODELS=/nonexistent .build/client/release/mdrctl guide --list > /dev/null

check: prerequisites
	$(SWIFT) format lint --strict -r Sources Tests Package.swift
	tools/check-imports

unit: prerequisites
	tools/test

# The suites that are released; `make lab` adds sid, and the scenarios that are marked as long. What a test waits for leaves
# time to build the programs and the guests beside it.
RELEASED = bookworm trixie
test: check
	@$(MAKE) --no-print-directory -j -O QUIET=-q unit stage guests
	MDRCTL_STAGE=$(CURDIR)/$(STAGE) Tests/Lab/suite $(RELEASED:%=--suite %)

.PHONY: guests
guests: prerequisites
	@Tests/Lab/prerequisites
	@for suite in $(RELEASED); do Tests/Lab/run --suite $$suite --build || exit 1; done
	@Tests/Lab/run --suite bookworm --own-kernel --build

lab: stage deb
	LAB_LONG=1 Tests/Lab/suite --suite bookworm --suite trixie --suite sid

demo: prerequisites
	@$(SWIFT) build -q --product mdrctld && $(SWIFT) build -q --product mdrctl && $(SWIFT) build -q --product mdrctl-sim
	@Tests/demo

fuzz: prerequisites
	MDRCTL_FUZZ=1 $(SWIFT) build -q -c release --sanitize fuzzer -Xswiftc -enable-testing --product mdrctl-fuzz \
	  --scratch-path .build/fuzz
	Tests/Fuzz/run .build/fuzz/release/mdrctl-fuzz $(SECONDS) $(KIND)

soak: prerequisites
	@for product in mdrctld mdrctl mdrctl-soak; do $(SWIFT) build -q --product $$product || exit 1; done
	Tests/Soak/run $(OPERATIONS) $(SEED)

sanitize: prerequisites
	tools/sanitize

bench: release
	Benchmarks/run

stage: release
	@rm -rf $(STAGE)
	@$(MAKE) -s install DESTDIR=$(CURDIR)/$(STAGE) PREFIX=/usr

# What the packages need besides is Debian's own.
deb: release
	@command -v dh > /dev/null || { echo "It needs debhelper: apt-get install debhelper" >&2; exit 1; }
	packaging/deb

rpm: release
	packaging/rpm/build

install:
	@test -x .build/host/release/mdrctld -a -x .build/host/release/mdrctl-flush \
	  -a -x .build/host/release/mdrctl-session -a -x .build/host/release/mdrctl-bridge \
	  -a -x .build/client/release/mdrctl -a -d .build/manual || { echo 'Run make first.' >&2; exit 1; }
	install -D -m755 .build/client/release/mdrctl $(DESTDIR)$(PREFIX)/bin/mdrctl
	install -D -m755 .build/host/release/mdrctld $(DESTDIR)$(PREFIX)/libexec/mdrctld
	install -D -m755 .build/host/release/mdrctl-flush $(DESTDIR)$(PREFIX)/libexec/mdrctl-flush
	install -D -m755 .build/host/release/mdrctl-session $(DESTDIR)$(PREFIX)/libexec/mdrctl-session
	install -D -m755 .build/host/release/mdrctl-bridge $(DESTDIR)$(PREFIX)/libexec/mdrctl-bridge
	@# The mark that the compiler leaves of each module names the directory; nothing reads it in a program.
	strip -R .swift_modhash $(DESTDIR)$(PREFIX)/bin/mdrctl $(DESTDIR)$(PREFIX)/libexec/mdrctld \
	  $(DESTDIR)$(PREFIX)/libexec/mdrctl-flush $(DESTDIR)$(PREFIX)/libexec/mdrctl-session \
	  $(DESTDIR)$(PREFIX)/libexec/mdrctl-bridge
	install -d $(DESTDIR)$(UNITDIR) $(DESTDIR)$(USERUNITDIR)
	for unit in mdrctld.service mdrctl-flush@.service mdrctl-bridge.service; do \
	  sed 's|/usr/libexec|$(PREFIX)/libexec|; s|/usr/share/doc|$(PREFIX)/share/doc|' systemd/$$unit \
	    > $(DESTDIR)$(UNITDIR)/$$unit || exit 1; \
	done
	sed 's|/usr/libexec|$(PREFIX)/libexec|; s|/usr/share/doc|$(PREFIX)/share/doc|' systemd/mdrctl-session.service \
	  > $(DESTDIR)$(USERUNITDIR)/mdrctl-session.service
	install -D -m644 systemd/mdrctl.preset $(DESTDIR)$(PRESETDIR)/system-preset/80-mdrctl.preset
	install -D -m644 systemd/mdrctl.user-preset $(DESTDIR)$(PRESETDIR)/user-preset/80-mdrctl.preset
	for page in $(MANUAL); do \
	  install -D -m644 .build/manual/$$page $(DESTDIR)$(MANDIR)/man$${page##*.}/$$page || exit 1; \
	done
	install -m644 systemd/mdrctld.socket systemd/mdrctl-flush.socket $(DESTDIR)$(UNITDIR)
	install -D -m644 systemd/mdrctl.sysusers $(DESTDIR)$(SYSUSERSDIR)/mdrctl.conf
	install -D -m644 systemd/mdrctl.tmpfiles $(DESTDIR)$(TMPFILESDIR)/mdrctl.conf
	install -D -m644 dbus-policy/org.mdrctl.conf $(DESTDIR)$(DBUSPOLICYDIR)/org.mdrctl.conf
	install -D -m644 Sources/Interface/org.mdrctl.Control.varlink \
	  $(DESTDIR)$(PREFIX)/share/varlink/org.mdrctl.Control.varlink
	install -D -m644 README.md $(DESTDIR)$(PREFIX)/share/doc/mdrctl/README.md
	install -D -m644 docs/mdrctl.conf $(DESTDIR)$(PREFIX)/share/doc/mdrctl/mdrctl.conf
	install -D -m644 docs/bridge.conf $(DESTDIR)$(PREFIX)/share/doc/mdrctl/bridge.conf
	install -D -m644 systemd/bridge-commands.conf $(DESTDIR)$(PREFIX)/share/doc/mdrctl/bridge-commands.conf
	for page in bars configuration guides home-assistant safety sound; do \
	  install -D -m644 docs/$$page.md $(DESTDIR)$(PREFIX)/share/doc/mdrctl/$$page.md || exit 1; \
	done
	install -D -m644 LICENSE $(DESTDIR)$(PREFIX)/share/doc/mdrctl/LICENSE
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	.build/client/release/mdrctl completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/mdrctl
	.build/client/release/mdrctl completion zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_mdrctl
	.build/client/release/mdrctl completion fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/mdrctl.fish
ifeq ($(DESTDIR),)
	systemd-sysusers $(SYSUSERSDIR)/mdrctl.conf
	systemd-tmpfiles --create $(TMPFILESDIR)/mdrctl.conf
	-systemctl daemon-reload
	-systemctl reload dbus
	@echo 'Installed. Start it: systemctl enable --now mdrctld mdrctl-flush.socket'
	@echo 'And in every session: systemctl --global enable mdrctl-session.service'
endif

uninstall:
ifeq ($(DESTDIR),)
	-systemctl disable --now mdrctld.socket mdrctld.service mdrctl-flush.socket mdrctl-bridge.service
	-systemctl stop 'mdrctl-flush@*.service'
	-systemctl --global disable mdrctl-session.service
endif
	rm -f $(DESTDIR)$(PREFIX)/bin/mdrctl $(DESTDIR)$(PREFIX)/libexec/mdrctld
	rm -f $(DESTDIR)$(PREFIX)/libexec/mdrctl-flush $(DESTDIR)$(PREFIX)/libexec/mdrctl-session
	rm -f $(DESTDIR)$(PREFIX)/libexec/mdrctl-bridge $(DESTDIR)$(UNITDIR)/mdrctl-bridge.service
	rm -f $(DESTDIR)$(USERUNITDIR)/mdrctl-session.service
	rm -f $(DESTDIR)$(UNITDIR)/mdrctld.service $(DESTDIR)$(UNITDIR)/mdrctld.socket
	rm -f $(DESTDIR)$(UNITDIR)/mdrctl-flush@.service $(DESTDIR)$(UNITDIR)/mdrctl-flush.socket
	rm -f $(DESTDIR)$(PRESETDIR)/system-preset/80-mdrctl.preset $(DESTDIR)$(PRESETDIR)/user-preset/80-mdrctl.preset
	rm -f $(DESTDIR)$(MANDIR)/man?/mdrctl.* $(DESTDIR)$(MANDIR)/man?/mdrctl-*.? $(DESTDIR)$(MANDIR)/man?/mdrctld.?
	rm -f $(DESTDIR)$(MANDIR)/man?/org.mdrctl.*.?
	rm -f $(DESTDIR)$(SYSUSERSDIR)/mdrctl.conf $(DESTDIR)$(TMPFILESDIR)/mdrctl.conf
	rm -f $(DESTDIR)$(DBUSPOLICYDIR)/org.mdrctl.conf
	rm -f $(DESTDIR)$(PREFIX)/share/varlink/org.mdrctl.Control.varlink
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/mdrctl
	rm -f $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_mdrctl
	rm -f $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/mdrctl.fish
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/mdrctl
ifeq ($(DESTDIR),)
	-systemctl daemon-reload
	-rmdir --ignore-fail-on-non-empty /etc/mdrctl
	@echo 'The state in /var/lib/mdrctl, the configuration in /etc/mdrctl and the user mdrctl are left.'
endif

clean:
	rm -rf .build
