// The program of import/cold.

import 'rumpus'
