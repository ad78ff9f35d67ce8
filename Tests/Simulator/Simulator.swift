// The BlueZ simulator.
